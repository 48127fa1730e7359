"""What is asked of a task: its data, its labels, its scale and its card.

Its data: no test item, and no cluster, is also among the labelled examples. Its labels: as predictions they get the
best value of every metric; a head on shuffled ones stays at the floor. Its scale: its own test examples tell who knows
half of them from who knows none, and the calibration file of its set, where there is one, is of this version and admits
it (`superb_lite.evaluation.admission`). What took hours to measure is read, not measured again.
"""

from __future__ import annotations

import string
from collections import Counter

from superb_lite.evaluation.admission import CORE_LIMIT, too_short
from superb_lite.evaluation.samples import on_scale
from superb_lite.forms import MatchForm, RowForm
from superb_lite.forms.choose import Choose
from superb_lite.metrics import metric
from superb_lite.metrics.statistics import expected_noise, interval
from superb_lite.plugins import tasksets
from superb_lite.results.scale import Scale, sheet
from superb_lite.testing.check import Check, Skipped
from superb_lite.testing.task_case import TaskCase
from superb_lite.testing.task_data_checks import CHECKS as OF_DATA
from superb_lite.testing.task_shuffling import SHUFFLED

LARGEST_SHARE = 0.9
"""Of the test labels that may be one class or one number."""

FARTHEST = 50.0
"""Normalised points that test examples have to tell apart with 80% power: half of the way."""


def _fits(case: TaskCase) -> str | None:
    return case.misfit


def _balanced(case: TaskCase) -> str | None:
    form, task = case.form, case.task
    if isinstance(form, RowForm):
        labels = {part: Counter(t for e in found for t in form.targets(e)) for part, found in case.parts.items()}
    elif isinstance(form, MatchForm):
        labels = {"test": Counter(float(example.label == 1) for example in case.data.test)}
    else:
        raise Skipped(f"the form '{task.form}' has no classes and no numbers")
    tested = labels["test"]
    if isinstance(form, RowForm) and form.link == "softmax":
        for part, counts in labels.items():
            if absent := [name for number, name in enumerate(task.labels) if not counts[number]]:
                return f"class '{absent[0]}' has no {part} example"
    if len(tested) < 2:
        return "all test labels are equal"
    label, count = tested.most_common(1)[0]
    if count > LARGEST_SHARE * tested.total() and not _forgives_rare(task.metrics):
        return f"{100 * count / tested.total():.0f}% of the test labels are {label!r}"
    return None


def _forgives_rare(names: tuple[str, ...]) -> bool:
    """Whether no constant answer scores well on unbalanced labels by some metric, as F1 and correlations have it."""
    return not any("accuracy" in name for name in names)


def _oracle(case: TaskCase) -> str | None:
    given = [case.right[example.id] for example in case.data.test]
    for name in case.task.metrics:
        scored = metric(name)
        best = scored.bounds[1 if scored.higher_is_better else 0]
        if abs((found := scored.score(case.data.test, given, case.task.labels)) - best) > 1e-9:
            return f"the labels themselves score {name} {100 * found:.1f}, and the best is {100 * best:.1f}"
    return None


def _need_oracle(case: TaskCase) -> None:
    if _oracle(case) is not None:
        raise Skipped("labels do not get the best score: see labels-get-the-best-score")


def _ends(case: TaskCase) -> str | None:
    _need_oracle(case)
    for name, sample in case.floor.items():
        sign = 1 if metric(name).higher_is_better else -1
        if sign * (case.ceiling[name].estimate - sample.estimate) <= 0:
            return f"a constant answer has {name} {100 * sample.estimate:.1f}, which is the best there is"
        for protocol in case.task.protocols:
            measured = sheet(case.task, protocol)
            if measured is None:
                continue
            floor, ceiling = measured["floor"][name], measured["ceiling"][name]
            if abs(floor - sample.estimate) > 1e-3:
                return f"the best constant has {name} {100 * sample.estimate:.1f}, and its file says {100 * floor:.1f}"
            if sign * (ceiling - floor) <= 0:
                return f"the ceiling of {name} ({protocol}) is not above its floor, {100 * floor:.1f}"
    return None


def _power(case: TaskCase) -> str | None:
    _need_oracle(case)
    for name, floor in case.floor.items():
        if fault := too_short(name, floor, case.ceiling[name]):
            return fault
    scale = Scale(
        floor={name: sample.estimate for name, sample in case.floor.items()},
        ceiling={name: sample.estimate for name, sample in case.ceiling.items()},
    )
    gain = on_scale(case.halfway, scale).minus(on_scale(case.floor, scale))
    found = interval(gain)
    if found.lo <= 0:
        return f"who knows half of the answers is {found.estimate:.0f} [{found.lo:.0f}, {found.hi:.0f}] from chance"
    smallest = expected_noise(gain, seeds=1).detectable()
    if smallest > FARTHEST:
        return f"the smallest difference that its test examples show is {smallest:.0f} points of 100"
    return None


def _calibrated(case: TaskCase) -> str | None:
    task, core = case.task, case.options.core
    owner = tasksets().get(task.name.split("/")[0])
    if owner is None or owner.calibration is None:
        if core:
            return "its set names no calibration file"
        raise Skipped("its set names no calibration file, so that it has no normalised scores")
    for protocol in task.protocols:
        measured = sheet(task, protocol)
        if measured is None or "admission" not in measured:
            return f"it is not calibrated at version {task.version} ({protocol})"
        verdict = str(measured["admission"]["verdict"])
        if not verdict.startswith("admitted"):
            return f"{verdict} ({protocol})"
        smallest = measured["admission"]["smallest_difference"]
        if core and smallest > CORE_LIMIT:
            return f"its smallest difference is {smallest:.1f}, above {CORE_LIMIT:.1f} ({protocol})"
    return None


def _card(case: TaskCase) -> str | None:
    if case.own:
        raise Skipped("it is a task on a person's own files")
    missing = [name for name in ("description", "source", "licence") if not getattr(case.task, name).strip()]
    return f"it gives no {' and no '.join(missing)}" if missing else None


def _prompt(case: TaskCase) -> str | None:
    task = case.task
    if not task.prompt:
        raise Skipped("it has no prompt")
    fields = sorted(name for _, name, _, _ in string.Formatter().parse(task.prompt) if name and name != "label")
    items = {1 if isinstance(case.form, Choose) else len(example.items) for example in case.data.test}
    for count in sorted(items):
        there = ["first", "second"] if count == 2 else ["first"]
        if fields != there:
            return f"its prompt holds {fields}, and its examples have {there}"
    return None


CHECKS: tuple[Check, ...] = (
    *OF_DATA,
    Check(
        "form-and-metrics-fit",
        "form, head, metrics and protocols go together, and all metrics point one way",
        "docs/evaluation.md says what goes with what",
        _fits,
        TaskCase,
    ),
    Check(
        "labels-are-balanced",
        f"no class is absent, and at most {LARGEST_SHARE:.0%} of the test labels are one and the same",
        "draw the examples by class, or take a metric that counts rare classes",
        _balanced,
        TaskCase,
    ),
    Check(
        "labels-get-the-best-score",
        "the labels as predictions get the best value of every metric",
        "look for labels that the metric does not know",
        _oracle,
        TaskCase,
    ),
    SHUFFLED,
    Check(
        "floor-and-ceiling",
        "the ceiling is above what the best constant answer scores, which is what the calibration file says",
        "change labels or metric, or calibrate it anew: superb-lite calibrate",
        _ends,
        TaskCase,
    ),
    Check(
        "power",
        "its test examples tell who knows all of them, and who knows half, from a constant answer",
        "give it more test examples, or smaller clusters",
        _power,
        TaskCase,
    ),
    Check(
        "calibrated-and-admitted",
        "the calibration file of its set is of this version and admits it",
        "measure it with superb-lite calibrate; docs/guides/task.md says what helps a refused one",
        _calibrated,
        TaskCase,
    ),
    Check(
        "card-is-complete",
        "description, source and licence are given",
        "say in a line each what it is, where it is from and on what terms",
        _card,
        TaskCase,
    ),
    Check(
        "prompt-shows-the-items",
        "a prompt shows each text of an example once",
        "use {first} for the first text and {second} for the second one",
        _prompt,
        TaskCase,
    ),
)
"""The checks of a task."""
