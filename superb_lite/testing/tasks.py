"""Is a task sound, and does it earn its place?

Its data: no test item, and no cluster, is also among the labelled examples; the labels as predictions get the best
value of every metric; a head on labels that were shuffled stays at the floor. Its place: the calibration file of its
set holds a sheet of this version for every protocol, on which no constant answer is above the floor, and the verdict
admits it (`superb_lite.evaluation.admission`). What took hours to measure is read, not measured again: this takes
seconds, and as long as one evaluation of a simple baseline for the shuffled labels.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from superb_lite import plugins
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.admission import CORE_LIMIT, LIMIT
from superb_lite.evaluation.ceilings import oracle
from superb_lite.evaluation.constant_answers import floor_of
from superb_lite.evaluation.problems import make_problem
from superb_lite.evaluation.run import Evaluator
from superb_lite.evaluation.samples import on_scale, samples_of
from superb_lite.features.data_checks import check_data
from superb_lite.forms import RowForm, form_of
from superb_lite.metrics import metric
from superb_lite.metrics.statistics import interval
from superb_lite.protocols.frozen import Frozen
from superb_lite.results.scale import Scale, sheet
from superb_lite.tasks.labels import Example, TaskData, Unit
from superb_lite.tasks.task import Task

SEEDS = 3
"""Evaluation seeds of the shuffled labels."""


def check_task(task: Task, *, core: bool = False, shuffled: bool = True, root: Path | None = None) -> None:
    """Raise `SuperbLiteError`, in one line, unless a task is sound and admitted.

    core: ask for the finer power of a board that ranks. shuffled: also train on shuffled labels, on the modality's
    first simple baseline, where the task's form is one of rows. root: where official releases lie.
    """
    if faults := task_faults(task, core=core, shuffled=shuffled, root=root):
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise SuperbLiteError(f"task '{task.name}': {faults[0]}{more}")


def task_faults(task: Task, *, core: bool = False, shuffled: bool = True, root: Path | None = None) -> list[str]:
    """What `check_task` would say, one line each; none where all is well.

    Raises `SuperbLiteError` for data that no evaluation would start on.
    """
    data = task.data(root)
    check_data(task, data)
    faults = [*overlaps(data), *_oracle_faults(task, data), *_sheet_faults(task, data, core)]
    if shuffled and isinstance(form_of(task), RowForm):
        faults += _shuffled_faults(task, data)
    return faults


def overlaps(data: TaskData) -> Iterator[str]:
    """Test items, by content, and clusters that the labelled examples hold as well."""
    labelled = (*data.train, *data.validation)
    known = {key for example in labelled for key in _contents(data, example)}
    again = [example.id for example in data.test if known & _contents(data, example)]
    if again:
        yield f"{len(again)} test examples are among the labelled ones, the first '{again[0]}'"
    clusters = {example.cluster for example in labelled if example.cluster}
    shared = [example.cluster for example in data.test if example.cluster in clusters]
    if shared:
        yield f"{len(set(shared))} clusters of the test are among the labelled ones, the first '{shared[0]}'"


def _contents(data: TaskData, example: Example) -> set[tuple[str, ...]]:
    """Items that make an example: one item by itself, several together, in any order."""
    return {tuple(sorted(data.hashes[item] for item in example.items))}


def _oracle_faults(task: Task, data: TaskData) -> Iterator[str]:
    if form_of(task).truth(data.test[0]) is None:
        return  # labels that are no predictions, as several answers are
    right = oracle(task, data)
    given = [right[example.id] for example in data.test]
    for name in task.metrics:
        scored = metric(name)
        best = scored.bounds[1 if scored.higher_is_better else 0]
        if abs((found := scored.score(data.test, given, task.labels)) - best) > 1e-9:
            yield f"the labels themselves score {name} {100 * found:.1f}, and the best is {100 * best:.1f}"


def _sheet_faults(task: Task, data: TaskData, core: bool) -> Iterator[str]:
    best = floor_of(task, data).samples
    for protocol in task.protocols:
        measured = sheet(task, protocol)
        if measured is None or "admission" not in measured:
            yield f"not calibrated at version {task.version} ({protocol}): superb-lite calibrate {task.name}"
            continue
        for name, sample in best.items():
            if abs(measured["floor"][name] - sample.estimate) > 1e-3:
                known = 100 * measured["floor"][name]
                yield f"the best constant has {name} {100 * sample.estimate:.1f}, not {known:.1f}: calibrate it anew"
        verdict = str(measured["admission"]["verdict"])
        if not verdict.startswith("admitted"):
            yield f"{verdict} ({protocol})"
        elif core and measured["admission"]["smallest_difference"] > CORE_LIMIT:
            smallest = measured["admission"]["smallest_difference"]
            yield f"its smallest difference is {smallest:.1f}, above {CORE_LIMIT:.1f} ({protocol})"


def _shuffled_faults(task: Task, data: TaskData) -> Iterator[str]:
    rng = np.random.default_rng(0)
    mixed = dataclasses.replace(
        data, train=_shuffled(data.train, rng), validation=_shuffled(data.validation, rng), test=data.test
    )
    blind = dataclasses.replace(task, load=lambda root: mixed)
    reference = plugins.modality(task.modality).baselines[0]
    problem = make_problem(blind, seeds=range(SEEDS), limit=None, root=None)
    outcomes = Evaluator(load_encoder(reference), reference=reference).outcomes(problem, Frozen())
    samples = samples_of(task, data.test, [outcome.predictions for outcome in outcomes])
    floor = {name: sample.estimate for name, sample in floor_of(task, data).samples.items()}
    ends = {name: metric(name).bounds[1 if metric(name).higher_is_better else 0] for name in floor}
    above = interval(on_scale(samples, Scale(floor, ends)))
    if above.lo > LIMIT:
        yield f"a head on {reference} with shuffled labels is {above.estimate:.0f} points above the floor: labels leak"


def _shuffled(examples: Sequence[Example], rng: np.random.Generator) -> tuple[Example, ...]:
    """The same examples with their labels dealt out anew; those of units among all units."""
    units = [unit.label for e in examples if isinstance(e.label, tuple) for unit in e.label if isinstance(unit, Unit)]
    if units:
        dealt = iter(rng.permutation(units).tolist())
        return tuple(
            dataclasses.replace(e, label=tuple(Unit(u.start, u.end, next(dealt)) for u in e.label))  # type: ignore
            for e in examples
        )
    order = rng.permutation(len(examples)).tolist()
    return tuple(dataclasses.replace(e, label=examples[i].label) for e, i in zip(examples, order, strict=True))
