"""A head on shuffled labels stays at the floor, unless labels leak."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np

from superb_lite import plugins
from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.admission import LIMIT
from superb_lite.evaluation.problems import make_problem
from superb_lite.evaluation.run import Evaluator
from superb_lite.evaluation.samples import on_scale, samples_of
from superb_lite.forms import RowForm
from superb_lite.heads.linear import ProbeSettings
from superb_lite.metrics import metric
from superb_lite.metrics.statistics import interval
from superb_lite.protocols.frozen import Frozen
from superb_lite.results.scale import Scale
from superb_lite.tasks.labels import Example, Unit
from superb_lite.testing.check import Check, Skipped
from superb_lite.testing.task_case import TaskCase

SEEDS = 3
"""Evaluation seeds of the shuffled labels."""

PROTOCOL = Frozen(ProbeSettings(weight_decays=(1e-2,), steps=100, epochs=1))
"""One point of the grid and a third of the steps: who can read labels off items does so with these."""


@functools.lru_cache(maxsize=1)
def baseline(reference: str) -> Encoder:
    """An encoder, kept for the next task of its modality."""
    return load_encoder(reference)


def _shuffled(case: TaskCase) -> str | None:
    if not isinstance(case.form, RowForm):
        raise Skipped(f"a head of the form '{case.task.form}' is trained example by example, which takes long")
    case.need_sound()
    task, data = case.task, case.data
    rng = np.random.default_rng(0)
    mixed = dataclasses.replace(
        data, train=shuffled(data.train, rng), validation=shuffled(data.validation, rng), test=data.test
    )
    blind = dataclasses.replace(task, load=lambda root: mixed)
    reference = plugins.modality(task.modality).baselines[0]
    try:
        problem = make_problem(blind, seeds=range(SEEDS), limit=None, root=None)
    except SuperbLiteError as error:
        raise Skipped(f"no labels can be drawn: {error}") from error
    outcomes = Evaluator(baseline(reference), reference=reference).outcomes(problem, PROTOCOL)
    samples = samples_of(task, data.test, [outcome.predictions for outcome in outcomes])
    floor = {name: sample.estimate for name, sample in case.floor.items()}
    ends = {name: metric(name).bounds[1 if metric(name).higher_is_better else 0] for name in floor}
    if any(floor[name] == ends[name] for name in floor):
        raise Skipped("a constant answer is the best there is: see floor-and-ceiling")
    above = interval(on_scale(samples, Scale(floor, ends)))
    if above.lo <= LIMIT:
        return None
    return f"a head on {reference} with shuffled labels is {above.estimate:.0f} points above the floor"


def shuffled(examples: Sequence[Example], rng: np.random.Generator) -> tuple[Example, ...]:
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


SHUFFLED = Check(
    "shuffled-labels-teach-nothing",
    "a head on the first simple baseline of the modality learns nothing from shuffled labels",
    "look for labels in the items or the form, and for a constant answer that Form.constants forgets",
    _shuffled,
    TaskCase,
)
