"""knn: the nearest labelled examples vote (Wu et al. 2018, section 3.4; Caron et al. 2021). Nothing is trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from superb_lite.encoders.encoder import Encoder
from superb_lite.features.design_matrix import Rows
from superb_lite.features.sequences import moments
from superb_lite.features.store import FeatureStore, ItemView, Progress
from superb_lite.forms import Form, RowForm
from superb_lite.forms.classify import OneClass
from superb_lite.forms.regress import Regress
from superb_lite.heads.fit_rows import folds_of
from superb_lite.heads.problem import Outcome, Problem
from superb_lite.metrics import Prediction
from superb_lite.protocols.base import Protocol, recorded
from superb_lite.tasks.labels import Example

SIMILARITIES = 2**24
"""How many similarities are held at a time."""


@dataclass(frozen=True)
class KnnSettings:
    """How neighbours vote."""

    neighbours: tuple[int, ...] = (1, 20)
    """The numbers of neighbours to choose from."""
    temperature: float = 0.07
    """A neighbour weighs exp(cosine / temperature)."""


class Knn(Protocol):
    """Neighbours by the cosine of mean features, which are standardised on the labelled examples that vote.

    For classify the class with the most weight, for regress the weighted mean. Layer and number of neighbours are
    chosen on the same held-out examples as under `frozen`; all labelled examples vote on the test. A pair of items is
    [|u - v|, u * v]. Seeds only draw the labels.
    """

    name: ClassVar[str] = "knn"
    forms: ClassVar[tuple[type[Form], ...]] = (OneClass, Regress)

    def __init__(self, config: KnnSettings | None = None) -> None:
        self.config = config or KnnSettings()

    def settings(self, form: Form, encoder: Encoder) -> dict[str, Any]:
        return recorded(self.config)

    def views(self, problem: Problem) -> dict[str, ItemView]:
        return problem.views()

    def run(self, features: FeatureStore, problem: Problem, progress: Progress | None = None) -> list[Outcome]:
        form = problem.form
        assert isinstance(form, RowForm)
        table = features.table(problem.views(), progress)
        keys = {e.id: problem.keys(e) for e in problem.examples().values()}
        known = list(problem.labelled())
        seeds = range(len(problem.seeds))
        splits = [folds_of(problem, form, s) for s in seeds]
        # For each seed the (rating, -loss) of every (layer, number of neighbours) on the examples that were held out.
        ratings: list[dict[tuple[int, int], tuple[float, float]]] = [{} for _ in seeds]
        for layer in range(table.depth):
            rows = Rows(table, keys, [layer], known)
            for s in seeds:
                held_out = [e for fold in splits[s] for e in fold.held_out]
                found = [self._votes(rows, fold.train, fold.held_out, problem, form) for fold in splits[s]]
                for number, of_k in enumerate(torch.cat(found, dim=1)):
                    ratings[s][layer, number] = _rating(of_k, held_out, problem, form)
        best = [max(rated, key=rated.__getitem__) for rated in ratings]

        outcomes: dict[int, Outcome] = {}
        for layer in sorted({layer for layer, _ in best}):
            rows = Rows(table, keys, [layer], known)
            for s in (s for s in seeds if best[s][0] == layer):
                rating, number = ratings[s][best[s]], best[s][1]
                outputs = self._votes(rows, problem.labels_of(s), problem.test, problem, form)[number]
                chosen = {
                    "neighbours": self.config.neighbours[number],
                    "validation_score": round(problem.signed(rating[0]), 4),
                    "validation_loss": round(-rating[1], 4),
                    "layers": layer,
                }
                predictions = _predictions(outputs, problem.test, form)
                outcomes[s] = Outcome(problem.seeds[s], predictions, chosen, {"encoder": 0, "head": 0})
        return [outcomes[s] for s in seeds]

    def _votes(
        self, rows: Rows, bank: Sequence[Example], asked: Sequence[Example], problem: Problem, form: RowForm
    ) -> Tensor:
        """What labelled examples say about others: for each number of neighbours the (N, C) shares or (N, 1) means."""
        x = rows.take(rows.of([e.id for e in bank]))[:, 0]
        mean, std = moments([x])
        x = F.normalize((x - mean) / std)
        targets = torch.tensor([form.targets(e)[0] for e in bank])
        says = F.one_hot(targets.long(), len(problem.task.labels)) if form.link == "softmax" else targets[:, None]
        parts = []
        for part in rows.of([e.id for e in asked]).split(max(1, SIMILARITIES // len(bank))):
            similarities = F.normalize((rows.take(part)[:, 0] - mean) / std) @ x.T
            parts.append(votes(similarities, says.float(), self.config.neighbours, self.config.temperature))
        return torch.cat(parts, dim=1)


def votes(similarities: Tensor, says: Tensor, neighbours: Sequence[int], temperature: float) -> Tensor:
    """(N, R) similarities and what R labelled rows say (R, C) -> (K, N, C), the weighted mean of the nearest.

    neighbours: K numbers; where there are fewer rows, all of them vote.
    """
    nearest, index = similarities.topk(min(max(neighbours), similarities.shape[1]), dim=1)
    return torch.stack(
        [
            torch.einsum("nk,nkc->nc", (nearest[:, :k] / temperature).softmax(dim=1), says[index[:, :k]])
            for k in neighbours
        ]
    )


def _predictions(outputs: Tensor, examples: Sequence[Example], form: RowForm) -> dict[str, Prediction]:
    decided = outputs.argmax(dim=1).tolist() if form.link == "softmax" else outputs[:, 0].tolist()
    return {e.id: form.prediction([value]) for e, value in zip(examples, decided, strict=True)}


def _rating(outputs: Tensor, examples: Sequence[Example], problem: Problem, form: RowForm) -> tuple[float, float]:
    """(rating, -loss): the loss is the share of votes for wrong classes, or the mean squared error."""
    truth = torch.tensor([form.targets(e)[0] for e in examples])
    if form.link == "softmax":
        loss = 1.0 - outputs.gather(1, truth.long()[:, None]).mean()
    else:
        loss = (outputs[:, 0] - truth).square().mean()
    return problem.rating(_predictions(outputs, examples, form), examples), -float(loss)
