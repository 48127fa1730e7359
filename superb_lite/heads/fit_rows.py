"""Linear heads on rows: choose a grid point on validation, then train again on all labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from superb_lite.features.design_matrix import Rows
from superb_lite.features.table import FeatureTable
from superb_lite.forms import RowForm
from superb_lite.heads.linear import Heads, ProbeSettings, train_heads
from superb_lite.heads.problem import Outcome, Problem
from superb_lite.metrics import Prediction
from superb_lite.tasks.labels import Example
from superb_lite.tasks.task import FOLDS, fold_numbers

CROSS_VALIDATED = 200
"""With so few labels or fewer, validation is cross-validation: a fifth of them would be too few to choose by."""


@dataclass(frozen=True)
class _Run:
    """What one batch of heads is trained on: for each problem its seed, its rows, and how its targets are scaled."""

    seed: int
    train: Tensor
    mean: float
    std: float


def fit(
    table: FeatureTable, problem: Problem, form: RowForm, settings: ProbeSettings, layer: int | None = None
) -> list[Outcome]:
    """Train and apply heads for every seed: choose on held-out labels, train again on all of them.

    The task's score decides, and the loss where scores are equal. layer: read this layer only.
    """
    keys = {e.id: problem.keys(e) for e in problem.examples().values()}
    layers = range(table.depth) if layer is None else [layer]
    summed = len({table.widths[n] for n in layers}) == 1
    known = list(problem.labelled())
    inputs = [Rows(table, keys, group, known) for group in ([layers] if summed else [[n] for n in layers])]
    truth = torch.zeros(len(inputs[0]), dtype=torch.long if form.link == "softmax" else torch.float32)
    for example in problem.labelled().values():
        truth[inputs[0].of([example.id])] = torch.tensor(form.targets(example), dtype=truth.dtype)
    trainer = _Trainer(problem, form, settings, truth)
    grid = torch.tensor(settings.weight_decays)  # (G,)
    seeds = range(len(problem.seeds))

    folds = [(s, fold) for s in seeds for fold in folds_of(problem, form, s)]
    # For each seed the (rating, -loss) of every (input, grid point) on the examples that were held out.
    ratings: list[dict[tuple[int, int], tuple[float, float]]] = [{} for _ in seeds]
    for number, rows in enumerate(inputs):
        runs = [trainer.run(s, rows, fold.train) for s, fold in folds]
        heads = trainer.train(rows, runs, grid.expand(len(folds), -1))
        outputs = [
            runs[i].std * heads.outputs(rows.take, rows.of([e.id for e in fold.held_out]), i) + runs[i].mean
            for i, (_, fold) in enumerate(folds)
        ]  # (G, N, C) each
        for s in seeds:
            mine = [i for i, (owner, _) in enumerate(folds) if owner == s]
            examples = [e for i in mine for e in folds[i][1].held_out]
            joined = torch.cat([outputs[i] for i in mine], dim=1)
            for point, rating in enumerate(_ratings(joined, examples, problem, form)):
                ratings[s][number, point] = rating
    best = [max(rated, key=rated.__getitem__) for rated in ratings]

    outcomes: dict[int, Outcome] = {}
    for number, rows in enumerate(inputs):
        mine = [s for s in seeds if best[s][0] == number]
        if not mine:
            continue
        runs = [trainer.run(s, rows, problem.labels_of(s)) for s in mine]
        heads = trainer.train(rows, runs, torch.stack([grid[best[s][1]][None] for s in mine]))
        for i, s in enumerate(mine):
            tested = heads.outputs(rows.take, rows.of([e.id for e in problem.test]), i)[0]
            outcomes[s] = Outcome(
                seed=problem.seeds[s],
                predictions=_predictions(runs[i].std * tested + runs[i].mean, problem.test, form),
                chosen={
                    "weight_decay": settings.weight_decays[best[s][1]],
                    "folds": len(folds) // len(seeds),
                    "validation_score": round(problem.signed(ratings[s][best[s]][0]), 4),
                    "validation_loss": round(-ratings[s][best[s]][1], 4),
                    "layers": heads.layer_weights(i, 0) if layer is None and summed else list(layers)[number],
                },
                parameters={"encoder": 0, "head": heads.parameters()},
            )
    return [outcomes[s] for s in seeds]


class _Trainer:
    """Trains heads of one problem on any rows."""

    def __init__(self, problem: Problem, form: RowForm, settings: ProbeSettings, truth: Tensor) -> None:
        self.problem, self.form, self.settings, self.truth = problem, form, settings, truth

    def run(self, seed: int, rows: Rows, examples: Sequence[Example]) -> _Run:
        """Training on some examples. Numbers are standardised; classes stay what they are."""
        train = rows.of([e.id for e in examples])
        if self.form.link == "softmax":
            return _Run(seed, train, 0.0, 1.0)
        values = self.truth[train]
        return _Run(seed, train, float(values.mean()), float(values.std(correction=0)) or 1.0)

    def train(self, rows: Rows, runs: Sequence[_Run], weight_decay: Tensor) -> Heads:
        """weight_decay: (runs, G)."""
        if self.form.link == "softmax":
            targets = self.truth.expand(len(runs), -1)
        else:
            targets = torch.stack([(self.truth - run.mean) / run.std for run in runs])
        return train_heads(
            rows.take,
            targets,
            [run.train for run in runs],
            classes=self.form.outputs(self.problem.task),
            learning_rate=self.settings.learning_rate,
            weight_decay=weight_decay,
            steps=self.settings.schedule(trained_rows(self.problem, self.form)),
            batch_size=self.settings.batch_size,
            seeds=[self.problem.seeds[run.seed] for run in runs],
            link=self.form.link,
        )


def trained_rows(problem: Problem, form: RowForm) -> int:
    """The number of rows that the passes of training are counted by: that of the seed with the most.

    The units of one example are much alike, and a few-label task has few examples however many units they hold: its
    examples are counted, so that it takes the same number of steps as others with as many labels.
    """
    if problem.task.budget is not None:
        return max(len(part) for part in problem.train)
    return max(sum(len(form.targets(e)) for e in part) for part in problem.train)


@dataclass(frozen=True)
class Fold:
    train: tuple[Example, ...]
    held_out: tuple[Example, ...]


def folds_of(problem: Problem, form: RowForm, seed: int) -> list[Fold]:
    """One fold, the task's own validation part; or, where that is a handful of labels, five of all examples."""
    labelled = problem.labels_of(seed)
    labels = sum(len(form.targets(example)) for example in labelled)
    if problem.data.validation or labels > CROSS_VALIDATED:
        return [Fold(problem.train[seed], problem.validation[seed])]
    numbers = fold_numbers(labelled, FOLDS)
    return [
        Fold(
            train=tuple(e for e, number in zip(labelled, numbers, strict=True) if number != fold),
            held_out=tuple(e for e, number in zip(labelled, numbers, strict=True) if number == fold),
        )
        for fold in range(FOLDS)
    ]


def _ratings(
    outputs: Tensor, examples: Sequence[Example], problem: Problem, form: RowForm
) -> list[tuple[float, float]]:
    """(rating, -loss) on held-out examples for each of G heads. outputs: (G, N, C)."""
    truth = torch.tensor([target for e in examples for target in form.targets(e)])
    if form.link == "softmax":
        expected = truth.long().expand(len(outputs), -1)
        losses = F.cross_entropy(outputs.transpose(1, 2), expected, reduction="none").mean(dim=1)
    else:
        losses = (outputs[..., 0] - truth).square().mean(dim=1)
    return [
        (problem.rating(_predictions(of_head, examples, form), examples), -loss)
        for of_head, loss in zip(outputs, losses.tolist(), strict=True)
    ]


def _predictions(outputs: Tensor, examples: Sequence[Example], form: RowForm) -> dict[str, Prediction]:
    """(N, C) outputs for the consecutive rows of examples as one prediction per example."""
    decided = outputs.argmax(dim=1).tolist() if form.link == "softmax" else outputs[:, 0].tolist()
    predictions, first = {}, 0
    for example in examples:
        count = len(form.targets(example))
        predictions[example.id] = form.prediction(decided[first : first + count])
        first += count
    return predictions
