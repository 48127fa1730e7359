"""calibrate: measure the floor and the ceiling of tasks, through the pipeline that everyone goes through.

floor: the better of a constant feature and the mean of ten untrained encoders, under the same protocol and budget.
ceiling: of generated data whose labels follow a rule (`Task.rule`), that rule, so that only the floor is measured. Else
the best, by validation score, of supervised references that may use every label of the pool: each head of the form on
each simple baseline of the modality, and its lite architecture trained from scratch, where the form can be fine-tuned.

A task whose ceiling is less than five standard errors of their difference better than its floor is refused: on such a
short scale the noise of an encoder's score is a large part of the whole. The standard error is that of the paired
interval (`superb_lite.metrics.statistics`): a table with one row for each floor run (untrained encoder, or seed of the
constant feature) and one column for each test cluster, whose cells are the ceiling's value of the cluster, averaged
over its seeds, minus the floor's. It holds the noise of test examples and of floor runs; with one ceiling seed, not
that of another training of the ceiling.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from superb_lite import plugins
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.problems import make_problem
from superb_lite.evaluation.run import Evaluator
from superb_lite.evaluation.scoring import score_predictions
from superb_lite.forms import form_of
from superb_lite.heads.problem import Outcome, Problem
from superb_lite.metrics import Prediction, higher_is_better, metric
from superb_lite.metrics.statistics import Interval, Sample, interval
from superb_lite.protocols import protocol
from superb_lite.protocols.base import Protocol
from superb_lite.protocols.finetune import Finetune
from superb_lite.protocols.finetune_settings import FinetuneSettings
from superb_lite.protocols.frozen import Frozen
from superb_lite.tasks.task import Task

MakeEvaluator = Callable[..., Evaluator]
"""Makes an evaluator out of an encoder and its `reference`."""

Samples = Mapping[str, Sample]
"""By metric."""

STANDARD_ERRORS = 5.0
"""How much better a ceiling must be than its floor."""

RANDOM_ENCODERS = 10
CEILING_SEEDS = 1
CEILING_TRAINING = FinetuneSettings(learning_rates=(1e-3,), epochs=12, patience=3)
CEILING_STEPS = 600
"""Updates of a network trained from scratch, at least: twelve epochs of a small pool would leave it half-trained."""


def calibrate(
    tasks: Iterable[Task],
    *,
    report: Callable[[str], None],
    earlier: Mapping[str, Any] | None = None,
    save: Callable[[dict[str, Any]], None] = lambda found: None,
    device: str = "auto",
    batch_size: int = 32,
) -> dict[str, Any]:
    """The content of a calibration file: floors and ceilings per task, protocol and metric, and how they came about.

    A task that is refused is left out, so that what the others took hours to measure is not lost with it.

    report: called with one line for each number as it is measured, and for each task that is refused.
    earlier: the content of a calibration file; what it says of other tasks is kept.
    save: called with the content after each task, so that an interruption loses one task at most.
    device, batch_size: where the encoders run, and how many items go through them at a time.
    """
    measured = dict(earlier["tasks"]) if earlier else {}
    found = {"how": __doc__, "tasks": measured}
    for task in tasks:
        measured.pop(task.name, None)
        try:
            measured[task.name] = _calibrate_task(
                task, report, partial(Evaluator, device=device, batch_size=batch_size)
            )
        except SuperbLiteError as error:
            report(f"left out: {error}")
        save(found)
    return found


def _calibrate_task(task: Task, report: Callable[[str], None], evaluator: MakeEvaluator = Evaluator) -> dict[str, Any]:
    modality = plugins.modality(task.modality)
    if modality.objective is None:
        raise SuperbLiteError(f"'{task.name}': modality '{modality.name}' has no objective to measure with")
    architecture = plugins.objective(modality.objective).encoder
    ceiling, reference = (
        _rule(task) if task.rule else _measured_ceiling(task, architecture, modality.baselines, evaluator)
    )
    report(f"{task.name}: ceiling {_percent(ceiling)} ({reference})")
    protocols = {}
    for name in task.protocols:
        floor, kind = _floor(task, protocol(name), architecture, evaluator)
        report(f"{task.name}: floor {_percent(floor)} under {name} ({kind})")
        for key in task.metrics:
            check_separation(task.name, name, key, floor=floor[key], ceiling=ceiling[key])
        protocols[name] = {
            "floor": _estimates(floor),
            "ceiling": _estimates(ceiling),
            "standard_error": {k: round(_standard_error(separation(floor[k], ceiling[k])), 5) for k in task.metrics},
            "floor_is": kind,
            "ceiling_is": reference,
        }
    return {"version": task.version, "protocols": protocols}


def separation(floor: Sample, ceiling: Sample) -> Interval:
    """The interval of ceiling - floor, on the same test clusters (see this module)."""
    mean = ceiling.values.mean(axis=0, keepdims=True)
    rows = np.broadcast_to(mean, (len(floor.values), mean.shape[1]))
    return interval(Sample(ceiling.estimate, rows, ceiling.clusters).minus(floor))


def check_separation(task: str, protocol: str, metric_name: str, *, floor: Sample, ceiling: Sample) -> None:
    """Raise `SuperbLiteError` unless the ceiling is at least `STANDARD_ERRORS` better than the floor."""
    apart = separation(floor, ceiling)
    error = _standard_error(apart)
    better = apart.estimate if metric(metric_name).higher_is_better else -apart.estimate
    if better <= 0 or better < STANDARD_ERRORS * error:
        raise SuperbLiteError(
            f"task '{task}' ({protocol}): the ceiling of {metric_name} ({100 * ceiling.estimate:.1f}) is "
            f"{100 * apart.estimate:+.1f} ± {100 * error:.1f} (standard error) from the floor "
            f"({100 * floor.estimate:.1f}), which is not {STANDARD_ERRORS:.0f} standard errors better: "
            "it needs more test examples or another ceiling"
        )


def _standard_error(difference: Interval) -> float:
    return math.sqrt(difference.variance)


def _floor(task: Task, how: Protocol, architecture: str, evaluator: MakeEvaluator = Evaluator) -> tuple[Samples, str]:
    problem = make_problem(task, seeds=range(3), limit=None, root=None)
    constant = _samples(problem, _outcomes("majority", problem, Frozen(), evaluator))
    one_seed = make_problem(task, seeds=range(1), limit=None, root=None)
    outcomes: list[Outcome] = []
    for number in range(RANDOM_ENCODERS):
        outcomes += _outcomes(f"random:{architecture}:{number}", one_seed, how, evaluator)
    untrained = _samples(one_seed, outcomes)
    sign = 1 if higher_is_better(task.metrics) else -1
    if sign * (_sum(untrained) - _sum(constant)) >= 0:
        return untrained, f"mean of {RANDOM_ENCODERS} untrained {architecture}"
    return constant, "constant feature"


def _rule(task: Task) -> tuple[Samples, str]:
    """The score of whoever follows the rule: the labels themselves as predictions."""
    problem = make_problem(task, seeds=range(1), limit=None, root=None)
    right: dict[str, Prediction] = {}
    for example in problem.test:
        if (truth := problem.form.truth(example)) is None:
            raise SuperbLiteError(
                f"task '{task.name}': its labels (form '{task.form}') cannot stand for predictions: leave out "
                "Task.rule, so that its ceiling is measured"
            )
        right[example.id] = truth
    return _samples(problem, [Outcome(0, right, {})]), f"the rule: {task.rule}"


def _measured_ceiling(
    task: Task, architecture: str, baselines: Sequence[str], evaluator: MakeEvaluator = Evaluator
) -> tuple[Samples, str]:
    def whole(head: str | None) -> Problem:
        unlimited = dataclasses.replace(task, budget=None, head=head)
        return make_problem(unlimited, seeds=range(CEILING_SEEDS), limit=None, root=None)

    form = form_of(task)
    candidates: list[tuple[str, str, Protocol, Problem]] = [
        (f"{head} head on {baseline}, all labels", baseline, Frozen(), whole(head))
        for head in form.heads
        for baseline in baselines
    ]
    if Finetune().takes(form):
        problem = whole(task.head)
        training = Finetune(_ceiling_training(len(problem.train[0])))
        scratch = f"random:{architecture}"
        candidates.append((f"{architecture} from scratch, all labels", scratch, training, problem))
    best: tuple[float, Samples, str] | None = None
    for description, reference, how, problem in candidates:
        outcomes = _outcomes(reference, problem, how, evaluator)
        score = float(np.mean([o.chosen["validation_score"] for o in outcomes]))
        rating = score if higher_is_better(task.metrics) else -score
        if best is None or rating > best[0]:
            best = (rating, _samples(problem, outcomes), description)
    assert best is not None
    return best[1], best[2]


def _outcomes(reference: str, problem: Problem, how: Protocol, evaluator: MakeEvaluator = Evaluator) -> list[Outcome]:
    return evaluator(load_encoder(reference), reference=reference).outcomes(problem, how)


def _ceiling_training(examples: int) -> FinetuneSettings:
    """For so many training examples."""
    longer = math.ceil(CEILING_STEPS * CEILING_TRAINING.batch_size / examples / CEILING_TRAINING.epochs)
    return dataclasses.replace(
        CEILING_TRAINING,
        epochs=CEILING_TRAINING.epochs * max(1, longer),
        patience=CEILING_TRAINING.patience * max(1, longer),
    )


def _samples(problem: Problem, outcomes: Sequence[Outcome]) -> Samples:
    """Every metric of the task on the test examples, one row for each outcome."""
    predictions = [outcome.predictions for outcome in outcomes]
    found = {}
    for name in problem.task.metrics:
        alone = dataclasses.replace(problem.task, metrics=(name,))
        scores = score_predictions(alone, problem.test, predictions, None)
        found[name] = Sample(scores.score, np.array(scores.pseudo_values), scores.clusters)
    return found


def _sum(samples: Samples) -> float:
    return sum(sample.estimate for sample in samples.values())


def _estimates(samples: Samples) -> dict[str, float]:
    return {name: round(sample.estimate, 4) for name, sample in samples.items()}


def _percent(samples: Samples) -> str:
    return ", ".join(f"{name} {100 * sample.estimate:.1f}" for name, sample in samples.items())
