"""From predictions to scores, and to a `Result`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.provenance import in_domain
from superb_lite.heads.problem import Outcome, Problem
from superb_lite.machine import is_deterministic, revision, this_machine, versions
from superb_lite.media import is_text, text_of
from superb_lite.metrics import Prediction, metric, statistics
from superb_lite.metrics.proportions import bounded
from superb_lite.results.cost import Cost
from superb_lite.results.pretraining import Pretraining
from superb_lite.results.result import Architecture, Result, SeedResult, predictions_hash, validated
from superb_lite.results.scale import Scale, scale
from superb_lite.surrogates import without_surrogates
from superb_lite.tasks.labels import Example, cluster_of
from superb_lite.tasks.task import Task

Predictions = Mapping[str, Prediction]
"""One seed's prediction for each example id."""


@dataclass(frozen=True)
class Scores:
    """What `superb_lite.results.result.Result` says under the same names."""

    score: float
    ci: tuple[float, float]
    metrics: Mapping[str, float]
    of_seeds: tuple[tuple[float, Mapping[str, float]], ...]
    """(score, metrics) of each seed."""
    normalised: float | None
    floor: Mapping[str, float] | None
    ceiling: Mapping[str, float] | None
    n_test: int
    predictions_sha256: str
    clusters: tuple[str, ...]
    cluster_index: tuple[int, ...]
    pseudo_values: tuple[tuple[float, ...], ...]


def make_result(
    problem: Problem,
    outcomes: Sequence[Outcome],
    *,
    encoder: Encoder,
    reference: str,
    fingerprint: str,
    protocol: str,
    settings: Mapping[str, Any],
    code_sha256: str,
    dtype: str,
    limit: int | None,
    seconds: float,
    cost: Cost | None = None,
) -> Result:
    """The predictions of all seeds as a `Result`.

    settings: what the protocol records. code_sha256, dtype, cost: see `Result`.
    """
    task = problem.task
    predictions = [outcome.predictions for outcome in outcomes]
    scores = score_predictions(task, problem.test, predictions, scale(task, protocol))
    with validated(f"the result of '{reference}' on '{task.name}' ({protocol})"):
        return Result(
            encoder=reference,
            encoder_hash=fingerprint,
            architecture=Architecture.of(encoder),
            modality=task.modality,
            task=task.name,
            task_version=task.version,
            protocol=protocol,
            score=scores.score,
            ci=scores.ci,
            metrics=scores.metrics,
            normalised=scores.normalised,
            floor=scores.floor,
            ceiling=scores.ceiling,
            seeds=tuple(
                SeedResult(
                    seed=outcome.seed,
                    score=value,
                    metrics=dict(metrics),
                    chosen=dict(outcome.chosen),
                    parameters=dict(outcome.parameters),
                )
                for outcome, (value, metrics) in zip(outcomes, scores.of_seeds, strict=True)
            ),
            n_test=scores.n_test,
            seconds=round(seconds, 3),
            predictions_sha256=scores.predictions_sha256,
            data_sha256=problem.data.content_hash(),
            in_domain=in_domain(encoder, task),
            limit=limit,
            clusters=scores.clusters,
            cluster_index=scores.cluster_index,
            pseudo_values=scores.pseudo_values,
            predictions=by_example(problem.test, predictions),
            shown=shown(problem),
            settings=settings,
            code_sha256=code_sha256,
            dtype=dtype,
            versions=versions(),
            revision=revision(),
            machine=this_machine(encoder.device),
            deterministic=is_deterministic(encoder.device),
            cost=cost,
            pretraining=Pretraining.of(encoder),
        )


def score_predictions(
    task: Task, test: Sequence[Example], predictions: Sequence[Predictions], measured: Scale | None
) -> Scores:
    """Score the predictions of every seed for the test examples. Raises KeyError where one is missing.

    predictions: one mapping per seed. measured: the floor and ceiling, None where there are none.
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
        ci=bounded(interval, (lowest, highest), examples=len(test), clusters=clusters),
        metrics=metrics,
        of_seeds=tuple(
            (float(score), {name: float(v[number]) for name, v in values.items()})
            for number, score in enumerate(seed_scores)
        ),
        normalised=None if measured is None else normalised(metrics, measured),
        floor=None if measured is None else measured.floor,
        ceiling=None if measured is None else measured.ceiling,
        n_test=len(test),
        predictions_sha256=predictions_hash(by_example(test, predictions)),
        clusters=clusters,
        cluster_index=cluster_index,
        pseudo_values=tuple(tuple(row) for row in pseudo.tolist()),
    )


def rescaled(result: Result, measured: Scale | None) -> Result:
    """A stored result on the scale as it is measured now."""
    floor, ceiling = (None, None) if measured is None else (dict(measured.floor), dict(measured.ceiling))
    if (result.floor, result.ceiling) == (floor, ceiling):
        return result
    score = None if measured is None else normalised(result.metrics, measured)
    return result.replace(normalised=score, floor=floor, ceiling=ceiling)


def by_example(test: Sequence[Example], predictions: Sequence[Predictions]) -> dict[str, list[Prediction]]:
    """Per example id, the prediction of each seed."""
    return {example.id: [of_seed[example.id] for of_seed in predictions] for example in test}


def shown(problem: Problem) -> dict[str, tuple[str, str | None]]:
    """Per test example its label as JSON, like a prediction where it can be one, and its text; None where items are no
    texts, or lie on disk."""
    items, found = problem.data.items, {}
    readable = isinstance(items, dict) and is_text(problem.item(problem.test[0]))
    for example in problem.test:
        truth = problem.form.truth(example)
        said = json.dumps(example.label if truth is None else truth, ensure_ascii=False)
        label = sys.intern(without_surrogates(said))  # labels of many examples are few
        text = text_of(items[key] for key in example.items) if readable else None
        found[example.id] = (label, None if text is None else without_surrogates(text))
    return found


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
