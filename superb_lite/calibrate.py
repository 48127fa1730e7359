"""calibrate: measure the floor and the ceiling of every task of a set, through the pipeline that everyone goes through.

floor: the better of a constant feature and the mean of ten untrained encoders, under the same protocol and budget.
ceiling: the best, by validation score, of supervised references that may use every label of the pool: the modality's
lite architecture trained from scratch, and a linear head on the modality's baseline.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from superb_lite import plugins
from superb_lite.encoder import Encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation import make_problem
from superb_lite.metrics import metric
from superb_lite.protocols import PROTOCOLS, Outcome, Problem, Protocol
from superb_lite.protocols.finetune import Finetune, FinetuneSettings
from superb_lite.protocols.frozen import Frozen
from superb_lite.references import load_encoder
from superb_lite.task import Task, TaskSet

RANDOM_ENCODERS = 10
CEILING_SEEDS = 1
CEILING_TRAINING = FinetuneSettings(learning_rates=(1e-3,), epochs=12, patience=3)


def calibrate(taskset: TaskSet, *, report: Callable[[str], None]) -> dict[str, Any]:
    """The content of a calibration file: floors and ceilings per task, protocol and metric, and how they came about.

    report: called with one line for each number as it is measured.
    """
    return {"how": __doc__, "tasks": {task.name: _calibrate_task(task, report) for task in taskset}}


def _calibrate_task(task: Task, report: Callable[[str], None]) -> dict[str, Any]:
    modality = plugins.modality(task.modality)
    architecture = modality.objectives[0].name
    ceiling, reference = _ceiling(task, architecture, modality.baseline)
    report(f"{task.name}: ceiling {_percent(ceiling)} ({reference})")
    protocols = {}
    for name in task.protocols:
        floor, kind = _floor(task, PROTOCOLS[name], architecture)
        report(f"{task.name}: floor {_percent(floor)} under {name} ({kind})")
        for key in task.metrics:
            if ceiling[key] <= floor[key]:
                raise SuperbLiteError(
                    f"task '{task.name}': the ceiling of {key} is not above the floor, so it ranks nothing"
                )
        protocols[name] = {"floor": floor, "ceiling": ceiling, "floor_is": kind, "ceiling_is": reference}
    return {"version": task.version, "protocols": protocols}


def _floor(task: Task, protocol: Protocol, architecture: str) -> tuple[dict[str, float], str]:
    problem = make_problem(task, seeds=range(3), limit=None, root=None)
    constant = _metrics(problem, Frozen().run(load_encoder("majority"), problem))
    one_seed = make_problem(task, seeds=range(1), limit=None, root=None)
    untrained = []
    for number in range(RANDOM_ENCODERS):
        encoder = load_encoder(f"random:{architecture}:{number}")
        untrained.append(_metrics(one_seed, protocol.run(encoder, one_seed)))
    mean = {name: float(np.mean([m[name] for m in untrained])) for name in task.metrics}
    if sum(mean.values()) >= sum(constant.values()):
        return mean, f"mean of {RANDOM_ENCODERS} untrained {architecture}"
    return constant, "constant feature"


def _ceiling(task: Task, architecture: str, baseline: str) -> tuple[dict[str, float], str]:
    whole = make_problem(dataclasses.replace(task, budget=None), seeds=range(CEILING_SEEDS), limit=None, root=None)
    candidates: list[tuple[str, Encoder, Protocol]] = [
        (
            f"{architecture} from scratch, all labels",
            load_encoder(f"random:{architecture}"),
            Finetune(CEILING_TRAINING),
        ),
        (f"linear on {baseline}, all labels", load_encoder(baseline), Frozen()),
    ]
    best: tuple[float, dict[str, float], str] | None = None
    for description, encoder, protocol in candidates:
        outcomes = protocol.run(encoder, whole)
        rating = float(np.mean([o.chosen["validation_score"] for o in outcomes]))
        if best is None or rating > best[0]:
            best = (rating, _metrics(whole, outcomes), description)
    assert best is not None
    return best[1], best[2]


def _metrics(problem: Problem, outcomes: list[Outcome]) -> dict[str, float]:
    """Every metric of the task on the test examples, averaged over seeds."""
    values: dict[str, list[float]] = {name: [] for name in problem.task.metrics}
    for outcome in outcomes:
        for name, found in values.items():
            counts = [metric(name).counts(e, outcome.predictions[e.id], problem.task.labels) for e in problem.test]
            found.append(float(metric(name).value(np.sum(counts, axis=0))))
    return {name: round(float(np.mean(found)), 4) for name, found in values.items()}


def _percent(metrics: dict[str, float]) -> str:
    return ", ".join(f"{name} {100 * value:.1f}" for name, value in metrics.items())
