"""frozen: the encoder is not trained; a linear head is, on standardised features (SUPERB's protocol)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from superb_lite.encoder import Encoder
from superb_lite.features import FeatureTable, Progress, extract
from superb_lite.metrics import Prediction
from superb_lite.probe import Heads, ProbeSettings, train_heads
from superb_lite.protocols.base import Outcome, Problem, Protocol, recorded
from superb_lite.task import FOLDS, Example, fold_numbers

CROSS_VALIDATED = 200
"""With so few labels or fewer, validation is cross-validation: a fifth of them would be too few to choose by."""


class Frozen(Protocol):
    """For each seed: train a head per grid point, choose on validation, train again on training + validation.

    Tasks of at most `CROSS_VALIDATED` labels choose by cross-validation within them.

    The task's score decides, and the loss where scores are equal, as they often are when validation holds a handful of
    examples.
    Layers of equal width are summed under learned softmax weights; of layers that differ in width one is chosen, like a
    grid point.
    """

    name: ClassVar[str] = "frozen"
    forms: ClassVar[frozenset[str]] = frozenset({"classify", "tag"})

    def __init__(self, probe: ProbeSettings | None = None) -> None:
        self.probe = probe or ProbeSettings()

    def settings(self) -> dict[str, Any]:
        return {**recorded(self.probe), "cross_validated": CROSS_VALIDATED, "folds": FOLDS}

    def run(self, encoder: Encoder, problem: Problem, progress: Progress | None = None) -> list[Outcome]:
        examples = {**problem.labelled(), **{e.id: e for e in problem.test}}
        items = {key: problem.item(e) for key, e in examples.items()}
        units = {key: problem.form.units(e) for key, e in examples.items()}
        unit_spans = {key: u for key, u in units.items() if u is not None}
        table = extract(encoder, items, units=unit_spans or None, progress=progress)
        return self.fit(table, problem)

    def fit(self, table: FeatureTable, problem: Problem) -> list[Outcome]:
        """Train and apply the heads on features that are already there."""
        targets = torch.zeros(len(table.layers[0]), dtype=torch.long)
        for example in problem.labelled().values():
            targets[table.row_indices([example.id])] = torch.tensor(problem.form.targets(example))
        both = [_rows(table, problem.labels_of(s)) for s in range(len(problem.seeds))]
        points = [(lr, wd) for lr in self.probe.learning_rates for wd in self.probe.weight_decays]
        grid = torch.tensor(points)  # (G, 2)
        summed = len({layer.shape[1] for layer in table.layers}) == 1
        inputs = [torch.stack(table.layers, dim=1)] if summed else [layer[:, None] for layer in table.layers]
        seeds = range(len(problem.seeds))

        folds = [(s, fold) for s in seeds for fold in _folds(problem, s)]
        rows = [_rows(table, fold.train) for _, fold in folds]
        held_out = [_rows(table, fold.held_out) for _, fold in folds]
        # For each seed the (score, -loss) of every (layer, grid point) on the examples that were held out.
        ratings: list[dict[tuple[int, int], tuple[float, float]]] = [{} for _ in seeds]
        for layer, x in enumerate(inputs):
            heads = self._train(x, targets, rows, problem, [s for s, _ in folds], grid.expand(len(folds), -1, -1))
            logits = [heads.logits(x[held], number) for number, held in enumerate(held_out)]  # (G, N, C) each
            for s in seeds:
                mine = [number for number, (owner, _) in enumerate(folds) if owner == s]
                examples = [e for number in mine for e in folds[number][1].held_out]
                joined = torch.cat([logits[number] for number in mine], dim=1)
                truth = targets[torch.cat([held_out[number] for number in mine])]
                for point, rating in enumerate(_ratings(joined, truth, examples, problem)):
                    ratings[s][layer, point] = rating
        best = [max(rated, key=rated.__getitem__) for rated in ratings]

        outcomes: dict[int, Outcome] = {}
        for layer, x in enumerate(inputs):
            mine = [s for s in seeds if best[s][0] == layer]
            if not mine:
                continue
            chosen = torch.stack([grid[best[s][1]][None] for s in mine])
            heads = self._train(x, targets, [both[s] for s in mine], problem, mine, chosen)
            for number, s in enumerate(mine):
                learning_rate, weight_decay = points[best[s][1]]
                outcomes[s] = Outcome(
                    seed=problem.seeds[s],
                    predictions=_predict(heads, x, table, problem, number),
                    chosen={
                        "learning_rate": learning_rate,
                        "weight_decay": weight_decay,
                        "folds": len(folds) // len(seeds),
                        "validation_score": round(ratings[s][best[s]][0], 4),
                        "validation_loss": round(-ratings[s][best[s]][1], 4),
                        "layers": heads.layer_weights(number, 0) if summed else layer,
                    },
                    parameters={"encoder": 0, "head": heads.parameters()},
                )
        return [outcomes[s] for s in seeds]

    def _train(
        self, x: Tensor, y: Tensor, rows: list[Tensor], problem: Problem, seeds: list[int], grid: Tensor
    ) -> Heads:
        return train_heads(
            x,
            y,
            rows,
            classes=len(problem.task.labels),
            learning_rate=grid[..., 0],
            weight_decay=grid[..., 1],
            steps=self.probe.steps,
            batch_size=self.probe.batch_size,
            seeds=[problem.seeds[s] for s in seeds],
        )


def _rows(table: FeatureTable, examples: tuple[Example, ...]) -> Tensor:
    return table.row_indices([example.id for example in examples])


@dataclass(frozen=True)
class _Fold:
    train: tuple[Example, ...]
    held_out: tuple[Example, ...]


def _folds(problem: Problem, seed: int) -> list[_Fold]:
    """One fold, the task's own validation part; or, where that is a handful of labels, five of all examples."""
    labelled = problem.labels_of(seed)
    labels = sum(len(problem.form.targets(example)) for example in labelled)
    if problem.data.validation or labels > CROSS_VALIDATED:
        return [_Fold(problem.train[seed], problem.validation[seed])]
    numbers = fold_numbers(labelled, FOLDS)
    return [
        _Fold(
            train=tuple(e for e, number in zip(labelled, numbers, strict=True) if number != fold),
            held_out=tuple(e for e, number in zip(labelled, numbers, strict=True) if number == fold),
        )
        for fold in range(FOLDS)
    ]


def _ratings(
    logits: Tensor, targets: Tensor, examples: Sequence[Example], problem: Problem
) -> list[tuple[float, float]]:
    """(score, -loss) on held-out examples for each of G heads. logits: (G, N, C), targets: (N,)."""
    losses = F.cross_entropy(logits.transpose(1, 2), targets.expand(len(logits), -1), reduction="none").mean(dim=1)
    counts = [len(problem.form.targets(example)) for example in examples]
    ratings = []
    for classes, loss in zip(logits.argmax(dim=2), losses.tolist(), strict=True):
        predictions = _group(classes.tolist(), examples, counts, problem)
        ratings.append((problem.score(predictions, examples), -loss))
    return ratings


def _predict(heads: Heads, x: Tensor, table: FeatureTable, problem: Problem, seed: int) -> dict[str, Prediction]:
    rows = _rows(table, problem.test)
    classes = torch.cat([heads.logits(x[part], seed)[0].argmax(dim=1) for part in rows.split(8192)])
    return _group(classes.tolist(), problem.test, [len(table.rows[e.id]) for e in problem.test], problem)


def _group(
    classes: list[int], examples: Sequence[Example], counts: Sequence[int], problem: Problem
) -> dict[str, Prediction]:
    """The classes of consecutive rows as one prediction per example; counts: rows of each example."""
    predictions, first = {}, 0
    for example, count in zip(examples, counts, strict=True):
        predictions[example.id] = problem.form.prediction(classes[first : first + count])
        first += count
    return predictions
