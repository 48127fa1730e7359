"""How the forms that compare two items are scored on frozen features.

All of them choose by the task's own score on labelled pairs, and among equals by how far matches lie from the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from superb_lite.errors import SuperbLiteError
from superb_lite.features.budget import VARIABLE
from superb_lite.features.design_matrix import Rows
from superb_lite.features.sequences import moments
from superb_lite.features.store import Progress
from superb_lite.features.table import FeatureTable
from superb_lite.heads.dtw import subsequence_costs
from superb_lite.heads.linear import ProbeSettings, train_heads
from superb_lite.heads.problem import Outcome, Problem
from superb_lite.metrics import Prediction
from superb_lite.tasks.labels import Example

Scores = NDArray[np.float64]


def fit(
    table: FeatureTable,
    problem: Problem,
    head: str,
    settings: ProbeSettings,
    progress: Progress | None = None,
    *,
    layer: int | None = None,
) -> list[Outcome]:
    """One outcome per seed.

    table: features of every item of the labelled and the test examples. head: "linear" or "cosine" (`forms.verify`), or
    "dtw" (`forms.search`). settings: of the linear classifier. layer: read this layer only.
    """
    layers = range(table.depth) if layer is None else (layer,)
    if head == "dtw":
        return fit_search(table, problem, layers, progress)
    if head == "cosine":
        return fit_cosine(table, problem, layers)
    if head == "linear":
        return fit_linear(table, problem, layers, settings)
    raise SuperbLiteError(f"task '{problem.task.name}': no head '{head}' compares two items (linear, cosine, dtw do)")


def fit_linear(table: FeatureTable, problem: Problem, layers: Sequence[int], settings: ProbeSettings) -> list[Outcome]:
    """The cosine of the outputs of a linear classifier of the training classes, less their mean in training.

    Layers of equal width are summed under learned softmax weights; of layers that differ in width one is chosen.
    """
    summed = len({table.widths[n] for n in layers}) == 1
    inputs = [_item_rows(table, problem, group) for group in ([layers] if summed else [[n] for n in layers])]
    targets = torch.zeros(len(inputs[0]), dtype=torch.long)
    for example in {e.id: e for part in problem.train for e in part}.values():
        assert isinstance(example.label, int)
        targets[inputs[0].of(example.items)] = example.label
    seeds = range(len(problem.seeds))
    grid = torch.tensor(settings.weight_decays).expand(len(seeds), -1)  # (S, G)
    heads = [
        train_heads(
            rows.take,
            targets.expand(len(seeds), -1),
            [rows.of([e.items[0] for e in part]) for part in problem.train],
            classes=len(problem.task.labels),
            learning_rate=settings.learning_rate,
            weight_decay=grid,
            steps=settings.schedule(len(problem.train[0])),
            batch_size=settings.batch_size,
            seeds=problem.seeds,
        )
        for rows in inputs
    ]

    def cosines(number: int, s: int, pairs: Sequence[Example]) -> list[Scores]:
        """Of each grid point. Inputs are standardised on the training items, so the bias is the mean output."""
        items = items_of(pairs)
        outputs = heads[number].outputs(inputs[number].take, inputs[number].of(items), s)
        return [cosines_of(vectors, items, pairs) for vectors in outputs - heads[number].bias[s][:, None]]

    outcomes = []
    for s, seed in enumerate(problem.seeds):
        validation = problem.validation[s]
        ratings = {
            (number, point): rating_of(scores, validation, problem)
            for number in range(len(inputs))
            for point, scores in enumerate(cosines(number, s, validation))
        }
        number, point = max(ratings, key=ratings.__getitem__)
        chosen = {
            "weight_decay": settings.weight_decays[point],
            **validated(ratings[number, point], problem),
            "layers": heads[number].layer_weights(s, point) if summed and len(layers) > 1 else layers[number],
        }
        predictions = as_predictions(cosines(number, s, problem.test)[point], problem.test)
        trained = {"encoder": 0, "head": heads[number].parameters()}
        outcomes.append(Outcome(seed, predictions, chosen, trained))
    return outcomes


def fit_cosine(table: FeatureTable, problem: Problem, layers: Sequence[int]) -> list[Outcome]:
    """The cosine of mean features, standardised on the training items of the seed. Nothing is trained."""

    def means(layer: int, items: Sequence[str]) -> Tensor:
        rows = _item_rows(table, problem, [layer])
        return rows.take(rows.of(items))[:, 0]

    return [
        _untrained(problem, s, found.rating, found.layer, found.test)
        for s, found in enumerate(best_cosines(problem, layers, means))
    ]


class Cosines(NamedTuple):
    """Cosines of mean features, of the layer that does best on validation."""

    rating: tuple[float, float]
    """On validation pairs."""
    layer: int
    test: Scores
    """Of the test pairs."""


def best_cosines(
    problem: Problem, layers: Sequence[int], means: Callable[[int, Sequence[str]], Tensor]
) -> list[Cosines]:
    """For each seed the best layer, whose means are standardised on the seed's training items.

    means: (layer, N items) -> (N, D).
    """
    best: list[Cosines | None] = [None for _ in problem.seeds]
    items = items_of(list(problem.examples().values()))
    row = {item: number for number, item in enumerate(items)}
    for layer in layers:
        found = means(layer, items)
        for s, (train, pairs) in enumerate(zip(problem.train, problem.validation, strict=True)):
            mean, std = moments([found[[row[e.items[0]] for e in train]]])
            vectors = (found - mean) / std
            rating = rating_of(cosines_of(vectors, items, pairs), pairs, problem)
            known = best[s]
            if known is None or rating > known.rating:
                best[s] = Cosines(rating, layer, cosines_of(vectors, items, problem.test))
    return [found for found in best if found is not None]


def fit_search(
    table: FeatureTable, problem: Problem, layers: Sequence[int], progress: Progress | None = None
) -> list[Outcome]:
    """Minus the cost of the best subsequence path, standardised over the pairs of each query.

    Positions are standardised with the statistics of all labelled items; no label is used for that, so all seeds share
    them. Each seed chooses the layer by its own labelled pairs. progress: called once per layer.
    """
    if table.recomputed:
        raise SuperbLiteError(
            f"task '{problem.task.name}': search reads every item once a query, and {table.recomputed} items found no "
            f"room on disk: raise {VARIABLE}"
        )
    examples = list(problem.examples().values())
    known = items_of(list(problem.labelled().values()))
    scores: list[dict[str, float]] = []
    for done, layer in enumerate(layers, start=1):
        mean, std = moments(table.stack([key], layer) for key in known)
        costs = _search_costs(table, examples, layer, mean, std)
        scores.append({e.id: -cost for e, cost in zip(examples, costs, strict=True)})
        if progress is not None:
            progress(done, len(layers))
    outcomes = []
    for s in range(len(problem.seeds)):
        pairs = problem.labels_of(s)
        ratings = [rating_of(_by_query(pairs, score), pairs, problem) for score in scores]
        number = max(range(len(ratings)), key=ratings.__getitem__)
        test = _by_query(problem.test, scores[number])
        outcomes.append(_untrained(problem, s, ratings[number], layers[number], test))
    return outcomes


def _untrained(problem: Problem, s: int, rating: tuple[float, float], layer: int, scores: Scores) -> Outcome:
    predictions = as_predictions(scores, problem.test)
    return Outcome(
        problem.seeds[s], predictions, {**validated(rating, problem), "layers": layer}, {"encoder": 0, "head": 0}
    )


def items_of(examples: Sequence[Example]) -> list[str]:
    """The items of examples, each once."""
    return list(dict.fromkeys(item for e in examples for item in e.items))


def _item_rows(table: FeatureTable, problem: Problem, layers: Sequence[int]) -> Rows:
    """One row of features for each item of the problem, whatever examples it is in."""
    return Rows(table, {item: (item,) for item in items_of(list(problem.examples().values()))}, layers)


def cosines_of(vectors: Tensor, items: Sequence[str], pairs: Sequence[Example]) -> Scores:
    """(N, D) vectors of N items -> the cosine of each pair of them; 0 where a vector is zero."""
    row = {item: number for number, item in enumerate(items)}
    first, second = (vectors[[row[e.items[side]] for e in pairs]] for side in (0, 1))
    cosines: Scores = F.cosine_similarity(first, second).double().numpy()
    return cosines


UTTERANCES = 64
"""How many utterances are searched at a time."""


def _search_costs(
    table: FeatureTable, examples: Sequence[Example], layer: int, mean: Tensor, std: Tensor
) -> list[float]:
    """The cost of each example in one layer, computed query by query."""
    costs = [0.0] * len(examples)
    queries: dict[str, list[int]] = {}
    for position, example in enumerate(examples):
        queries.setdefault(example.items[0], []).append(position)

    def positions(key: str) -> NDArray[np.float32]:
        standard: NDArray[np.float32] = ((table.item(key).layers[layer] - mean) / std).numpy()
        return standard

    for members in queries.values():
        query = positions(examples[members[0]].items[0])
        for start in range(0, len(members), UTTERANCES):
            part = members[start : start + UTTERANCES]
            found = subsequence_costs(query, [positions(examples[i].items[1]) for i in part])
            for i, cost in zip(part, found.tolist(), strict=True):
                costs[i] = cost
    return costs


def _by_query(pairs: Sequence[Example], score: Mapping[str, float]) -> Scores:
    """Scores less the mean of the query's, over their standard deviation; 0 where they do not differ.

    Queries differ in how near anything comes to them, and one threshold has to serve them all.
    """
    members: dict[str, list[int]] = {}
    for position, pair in enumerate(pairs):
        members.setdefault(pair.items[0], []).append(position)
    scores = np.array([score[pair.id] for pair in pairs])
    for rows in members.values():
        spread = scores[rows].std()
        scores[rows] = (scores[rows] - scores[rows].mean()) / (spread if spread > 1e-9 else 1.0)
    return scores


def rating_of(scores: Scores, pairs: Sequence[Example], problem: Problem) -> tuple[float, float]:
    """The score, turned so that more is better, and how many standard deviations matches lie above the rest."""
    match = np.array([e.label == 1 for e in pairs])
    gap = 0.0
    if match.any() and not match.all():
        gap = float((scores[match].mean() - scores[~match].mean()) / max(float(scores.std()), 1e-9))
    return problem.rating(as_predictions(scores, pairs), pairs), gap


def as_predictions(scores: Scores, pairs: Sequence[Example]) -> dict[str, Prediction]:
    # Six digits: more are noise, and would make hashes of predictions depend on the machine.
    return {e.id: float(f"{score:.6g}") for e, score in zip(pairs, scores.tolist(), strict=True)}


def validated(rating: tuple[float, float], problem: Problem) -> dict[str, Any]:
    """What is recorded of a rating on validation."""
    return {"validation_score": round(problem.signed(rating[0]), 4), "validation_gap": round(rating[1], 4)}
