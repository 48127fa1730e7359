"""From predictions to scores: all that a result claims about how good its predictions are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from superb_lite.metrics import Prediction, metric, statistics
from superb_lite.results.result import predictions_hash
from superb_lite.results.scale import Scale
from superb_lite.tasks.labels import Example, cluster_of
from superb_lite.tasks.task import Task

Predictions = Mapping[str, Prediction]
"""One seed's prediction for each example id."""


@dataclass(frozen=True)
class Scores:
    """What `superb_lite.results.result.Result` says under the same names; `of_seeds`: (score, metrics) of each seed."""

    score: float
    ci: tuple[float, float]
    metrics: Mapping[str, float]
    of_seeds: tuple[tuple[float, Mapping[str, float]], ...]
    normalised: float | None
    floor: Mapping[str, float] | None
    ceiling: Mapping[str, float] | None
    n_test: int
    predictions_sha256: str
    clusters: tuple[str, ...]
    cluster_index: tuple[int, ...]
    pseudo_values: tuple[tuple[float, ...], ...]


def score_predictions(
    task: Task, test: Sequence[Example], predictions: Sequence[Predictions], scale: Scale | None
) -> Scores:
    """Score the predictions of every seed for the test examples. Raises KeyError where one is missing.

    predictions: one mapping per seed. scale: the measured floor and ceiling, None where there are none.
    """
    clusters, cluster_index = clusters_of(test)
    values: dict[str, statistics.Array] = {}  # (S,) each
    pseudo_values = []
    for name in task.metrics:
        found = [
            metric(name).jackknife(test, [of_seed[e.id] for e in test], task.labels, np.array(cluster_index))
            for of_seed in predictions
        ]
        values[name] = np.array([value for value, _ in found])
        pseudo_values.append(np.array([pseudo for _, pseudo in found]))
    pseudo = np.mean(pseudo_values, axis=0)
    seed_scores = np.mean(list(values.values()), axis=0)
    sample = statistics.Sample(float(seed_scores.mean()), pseudo, clusters)
    interval = statistics.interval(sample)
    metrics = {name: float(v.mean()) for name, v in values.items()}
    lowest, highest = np.mean([metric(name).bounds for name in task.metrics], axis=0).tolist()
    return Scores(
        score=sample.estimate,
        # With few seeds an interval may reach beyond what the score can be.
        ci=(max(lowest, interval.lo), min(highest, interval.hi)),
        metrics=metrics,
        of_seeds=tuple(
            (float(score), {name: float(v[number]) for name, v in values.items()})
            for number, score in enumerate(seed_scores)
        ),
        normalised=None if scale is None else normalised(metrics, scale),
        floor=None if scale is None else scale.floor,
        ceiling=None if scale is None else scale.ceiling,
        n_test=len(test),
        predictions_sha256=predictions_hash(by_example(test, predictions)),
        clusters=clusters,
        cluster_index=cluster_index,
        pseudo_values=tuple(tuple(row) for row in pseudo.tolist()),
    )


def by_example(test: Sequence[Example], predictions: Sequence[Predictions]) -> dict[str, list[Prediction]]:
    """Per example id, the prediction of each seed."""
    return {example.id: [of_seed[example.id] for of_seed in predictions] for example in test}


def normalised(metrics: Mapping[str, float], measured: Scale) -> float:
    """Mean over metrics of 100 * (value - floor) / (ceiling - floor), unclipped."""
    parts = []
    for name, value in metrics.items():
        factor, offset = measured.coefficients(name)
        parts.append(factor * value + offset)
    return float(np.mean(parts))


def clusters_of(test: Sequence[Example]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The clusters in order of appearance, and for each example the position of its own."""
    position: dict[str, int] = {}
    index = tuple(position.setdefault(cluster_of(example), len(position)) for example in test)
    return tuple(position), index
