"""calibrate: measure the scale of tasks and what stands on it, through the pipeline that everyone goes through.

floor: the best constant answer by each metric (`constant_answers`). ceiling: the rule that labels follow, or the best
of strong references that may use every label (`ceilings`). marks: ten untrained encoders, the simple baselines and
whatever references are given, under the task's own protocol and budget (`marks`). admission: whether the task earns its
place (`admission`).

A task that is refused keeps its sheet with the verdict, so that everybody sees why. It has normalised scores unless its
scale is too short: there the noise of an encoder's score is a large part of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.admission import UNTRAINED, Admission, assess
from superb_lite.evaluation.ceilings import Ceiling, ceiling_of, rule_ceiling
from superb_lite.evaluation.constant_answers import Floor, floor_of
from superb_lite.evaluation.marks import UNTRAINED as TEN
from superb_lite.evaluation.marks import Marks, measure_marks
from superb_lite.evaluation.run import Evaluator
from superb_lite.evaluation.samples import Samples, estimates, in_percent, standard_errors
from superb_lite.features.data_checks import check_data
from superb_lite.protocols import protocol
from superb_lite.tasks.task import Task

Report = Callable[[str], None]

HOW = (
    "Written by `superb-lite calibrate`. floor: the best constant answer by each metric; ceiling: the rule, or the "
    "best of strong references with all labels; marks: encoders under the task's own budget; see docs/evaluation.md"
)


@dataclass(frozen=True, kw_only=True)
class CalibrationOptions:
    """How tasks are calibrated."""

    untrained: int = TEN
    """How many untrained encoders are marks, at least 2."""
    references: tuple[str, ...] = ()
    """Encoders of known worth, the worst first: they must stand in this order, above untrained encoders."""
    ceiling_from: tuple[str, ...] = ()
    """Further encoders that ceilings are looked for with."""
    device: str = "auto"
    """Where the encoders run."""
    batch_size: int = 32
    """How many items go through them at a time."""
    feature_dir: Path | None = None
    """Where features are kept for the next time; None: nowhere."""

    def __post_init__(self) -> None:
        if self.untrained < 2:
            raise SuperbLiteError(f"{self.untrained} untrained encoders are too few: their spread needs at least 2")


@dataclass(frozen=True)
class Asked:
    """A task that is to be calibrated."""

    task: Task
    options: CalibrationOptions
    only_floors: bool
    """Only what needs no encoder."""
    before: Mapping[str, Any] | None
    """What a calibration file says of it."""


Entries = Iterator[tuple[Asked, dict[str, Any] | None]]
"""Tasks, each with what a calibration file is to say of it; None where it could not be measured."""


def calibrate(
    tasks: Iterable[Task],
    *,
    report: Report,
    earlier: Mapping[str, Any] | None = None,
    save: Callable[[dict[str, Any]], None] = lambda found: None,
    options: CalibrationOptions | None = None,
    only_floors: bool = False,
    measure: Callable[[Sequence[Asked], Report], Entries] | None = None,
) -> dict[str, Any]:
    """The content of a calibration file.

    A task that cannot be measured is left out, so that what the others took hours to measure is not lost with it.

    report: called with one line for each thing as it is measured, and for each task that is left out or refused.
    earlier: the content of a calibration file; what it says of other tasks is kept.
    save: called with the content after each task, so that an interruption loses one task at most.
    only_floors: only what needs no encoder, floors and rules; ceilings that were measured are kept.
    measure: how tasks are measured; None: here, one after the other.
    """
    measured = dict(earlier["tasks"]) if earlier else {}
    found = {"how": HOW, "tasks": measured}
    options = options or CalibrationOptions()
    asked = [Asked(task, options, only_floors, measured.get(task.name)) for task in tasks]
    for each, entry in (measure or _in_turn)(asked, report):
        measured.pop(each.task.name, None)
        if entry is not None:
            measured[each.task.name] = entry
        save(found)
    if measure is not None:  # in the order of asking, whichever was measured first
        for each in asked:
            if each.task.name in measured:
                measured[each.task.name] = measured.pop(each.task.name)
        save(found)
    return found


def _in_turn(asked: Sequence[Asked], report: Report) -> Entries:
    for each in asked:
        yield each, measure_task(each, report)


def measure_task(asked: Asked, report: Report) -> dict[str, Any] | None:
    """What a calibration file is to say of a task; None, with a line, where it cannot be measured."""
    task = asked.task
    try:
        check_data(task, task.data())
        if asked.only_floors:
            return _ends(task, asked.before, report)
        return _calibrate_task(task, asked.options, report)
    except SuperbLiteError as error:
        report(f"left out: {error}")
        return None


def refused(content: Mapping[str, Any], tasks: Iterable[Task]) -> list[str]:
    """The names of the tasks that a calibration file does not admit, or does not hold."""
    names = []
    for task in tasks:
        entry = content["tasks"].get(task.name, {"protocols": {}})
        verdicts = [sheet.get("admission", {}).get("verdict", "") for sheet in entry["protocols"].values()]
        if not verdicts or not all(verdict.startswith("admitted") for verdict in verdicts):
            names.append(task.name)
    return names


def _calibrate_task(task: Task, options: CalibrationOptions, report: Report) -> dict[str, Any]:
    modality = plugins.modality(task.modality)
    if modality.objective is None:
        raise SuperbLiteError(f"'{task.name}': modality '{modality.name}' has no objective to measure with")
    architecture = plugins.objective(modality.objective).encoder
    evaluator = partial(
        Evaluator, device=options.device, batch_size=options.batch_size, feature_dir=options.feature_dir
    )
    floor = floor_of(task, task.data())
    report(f"{task.name}: floor {in_percent(floor.samples)} ({floor.words})")
    ceiling = ceiling_of(
        task,
        architecture=architecture,
        baselines=modality.baselines,
        others=options.ceiling_from,
        evaluator=evaluator,
    )
    report(f"{task.name}: ceiling {in_percent(ceiling.samples)} ({ceiling.words})")
    protocols = {}
    for name in task.protocols:
        marks = measure_marks(
            task,
            protocol(name),
            architecture=architecture,
            baselines=modality.baselines,
            references=options.references,
            untrained=options.untrained,
            evaluator=evaluator,
        )
        pairs = pairwise([UNTRAINED, *marks.references])
        admission = assess(floor.samples, ceiling.samples, marks, list(pairs))
        for reference, samples in _named(marks, architecture).items():
            report(f"{task.name}: {in_percent(samples)} under {name} ({reference})")
        report(f"{task.name}: {admission.verdict} ({name})")
        protocols[name] = _sheet(floor, ceiling, _named(marks, architecture), admission)
    return {"version": task.version, "protocols": protocols}


def _named(marks: Marks, architecture: str) -> dict[str, Any]:
    return {f"untrained {architecture}": marks.untrained, **marks.baselines, **marks.references}


def _sheet(floor: Floor, ceiling: Ceiling, marks: Mapping[str, Any], admission: Admission) -> dict[str, Any]:
    """What a calibration file says of a task under a protocol."""
    lower, upper = _end("floor", floor.samples, floor.words), _end("ceiling", ceiling.samples, ceiling.words)
    errors = {reference: standard_errors(samples) for reference, samples in marks.items()}
    return {
        **lower,
        **upper,
        "standard_error": {**lower["standard_error"], **upper["standard_error"], "marks": errors},
        "marks": {reference: estimates(samples) for reference, samples in marks.items()},
        "admission": admission.to_dict(),
        "normalised": admission.long_enough,
    }


def _ends(task: Task, before: Mapping[str, Any] | None, report: Report) -> dict[str, Any]:
    """The entry of a calibration file with what needs no encoder: the floor, and the rule as the ceiling.

    before: what is known of the task; its ceilings are kept where the task states no rule.
    """
    floor = floor_of(task, task.data())
    report(f"{task.name}: floor {in_percent(floor.samples)} ({floor.words})")
    known: Mapping[str, Any] = {}
    if task.rule:
        ceiling = rule_ceiling(task)
        known = dict.fromkeys(task.protocols, _end("ceiling", ceiling.samples, ceiling.words))
    elif before is not None and before["version"] == task.version:
        known = before["protocols"]
    if not known:
        raise SuperbLiteError(f"'{task.name}' version {task.version} has no ceiling yet: calibrate it without --floors")
    protocols = {}
    for name, sheet in known.items():
        mine = _end("floor", floor.samples, floor.words)
        errors = {
            **mine["standard_error"],
            **{k: v for k, v in sheet.get("standard_error", {}).items() if k == "ceiling"},
        }
        ceiling_only = {key: sheet[key] for key in ("ceiling", "ceiling_is")}
        protocols[name] = {**mine, **ceiling_only, "standard_error": errors}
    return {"version": task.version, "protocols": protocols}


def _end(name: str, samples: Samples, words: str) -> dict[str, Any]:
    """One end of a scale, as a calibration file keeps it."""
    return {
        name: estimates(samples),
        f"{name}_is": words,
        "standard_error": {name: standard_errors(samples)},
    }
