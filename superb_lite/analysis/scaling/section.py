"""The section of the report on scaling: all runs, the laws, what they foretold, and whether it came."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from superb_lite.analysis.claim import decided
from superb_lite.analysis.estimate import Estimate, across_seeds
from superb_lite.analysis.findings import Cell, Picture, Section, Table
from superb_lite.analysis.plain import safe_name
from superb_lite.analysis.scaling.claims import claims_of
from superb_lite.analysis.scaling.curves import LOSS, Curve, curves_of
from superb_lite.analysis.scaling.design import Design
from superb_lite.analysis.scaling.law import LEAST_LEVELS
from superb_lite.analysis.scaling.measured import Run
from superb_lite.charts.scaling import ScalingPanel, ScalingPoint, scaling_chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LAWS, RUNS, POINTS = "laws", "runs", "points"
NONE = (None, None, None)


def section_of(
    objective: str,
    design: Design,
    runs: Sequence[Run],
    *,
    lower_is_better: Mapping[str, bool],
    command: str,
    settings: Mapping[str, Any],
) -> Section:
    """lower_is_better: by task, whether a lower score is better."""
    curves = curves_of(design, runs, lower_is_better)
    claims = decided(claims_of(curves), design.seeds)
    measures = dict.fromkeys(curve.measure for curve in curves)
    return Section(
        analysis="scaling",
        variant=safe_name(*objective.split("-")),
        title=f"Scaling of {objective}",
        question="How do loss and errors fall with parameters, data and steps, and does the law foretell a run that is "
        "ten times larger?",
        answer=" ".join(f"{claim.claim} {claim.verdict.capitalize()}: {claim.measured}." for claim in claims[:3]),
        command=command,
        encoders=tuple(dict.fromkeys(run.size.name for run in runs)),
        seeds=design.seeds,
        settings=settings,
        tables=(_laws(curves), _points(curves), _runs(runs)),
        pictures=tuple(
            Picture(
                name=f"curves-{number}" if number else "curves",
                title=f"{measure[0].upper()}{measure[1:]}",
                caption=_caption(design),
                table=POINTS,
                draw=functools.partial(_draw, objective, measure, curves),
            )
            for number, measure in enumerate(measures)
        ),
        claims=claims,
        notes=_notes(design, curves, runs),
    )


def _laws(curves: Sequence[Curve]) -> Table:
    rows = []
    for curve in curves:
        law, foretold = curve.law, curve.foretold
        cells: list[Cell] = [curve.measure, curve.axis, len(curve.levels)]
        for estimate in (None, None, None) if law is None else (law.a, law.b, law.c):
            cells += NONE if estimate is None else estimate.cells
        at = curve.ten_times if curve.checked is None else curve.checked[0]
        measured: Estimate | None = None if curve.checked is None else across_seeds(curve.checked[1])
        cells += [at, *(NONE if foretold is None else foretold.cells), *(NONE if measured is None else measured.cells)]
        rows.append((*cells, curve.fell_in))
    names = [f"{name}{end}" for name in ("a", "b", "c") for end in ("", "_low", "_high")]
    ends = [f"{name}{end}" for name in ("foretold", "measured") for end in ("", "_low", "_high")]
    return Table(
        name=LAWS,
        title="Power laws, and what a larger run should give",
        columns=("measure", "against", "sizes", *names, "larger_x", *ends, "fell_in"),
        rows=tuple(rows),
        note="measure = a + b (x / x0)^-c, x0 the geometric mean of the sizes; error: 1 - score, of a score where more "
        "is better. Intervals (95%) are over pretraining seeds; foretold: of the mean of the runs at larger_x, which "
        "took no part in the law. With three sizes nothing tests its form but a larger run; where it misses the "
        "means, its interval is too narrow.",
    )


def _points(curves: Sequence[Curve]) -> Table:
    rows = [
        (curve.measure, curve.axis, x, *mean.cells, mean.n) for curve in curves for x, mean in curve.means().items()
    ]
    columns = ("measure", "against", "x", "value", "value_low", "value_high", "seeds")
    return Table(name=POINTS, title="Means over pretraining seeds", columns=columns, rows=tuple(rows))


def _runs(runs: Sequence[Run]) -> Table:
    tasks = list(dict.fromkeys(task for run in runs for task in run.scores))
    return Table(
        name=RUNS,
        title="All runs",
        columns=("width", "data", "steps", "seed", "parameters", "items", "flops", "loss", *tasks),
        rows=tuple(
            (
                *(run.size.width, run.size.data, run.size.steps, run.seed),
                *(run.parameters, run.items, run.flops, run.loss),
                *(run.scores.get(task) for task in tasks),
            )
            for run in runs
        ),
        note="parameters: of the encoder without embedding tables; flops: three times those of the forward passes of "
        "training; loss: on the held-out part of the corpus.",
    )


def _draw(objective: str, measure: str, curves: Sequence[Curve]) -> Figure:
    panels = []
    for curve in curves:
        if curve.measure != measure:
            continue
        points = [ScalingPoint(x, mean.value, mean.low, mean.high) for x, mean in curve.means().items()]
        checked = None
        if curve.checked is not None:
            mean = across_seeds(curve.checked[1])
            checked = ScalingPoint(curve.checked[0], mean.value, mean.low, mean.high)
        law = curve.law
        ends = (min(curve.levels), curve.ten_times if curve.checked is None else curve.checked[0])
        line = [] if law is None else [(x, law.band(x)) for x in _between(*ends)]
        panels.append(
            ScalingPanel(curve.axis, points, [ScalingPoint(x, e.value, e.low, e.high) for x, e in line], checked)
        )
    return scaling_chart(f"{objective}: {measure}", panels, y=measure)


def _between(low: float, high: float, count: int = 40) -> list[float]:
    ratio = (high / low) ** (1 / (count - 1))
    return [low * ratio**number for number in range(count)]


def _caption(design: Design) -> str:
    whole = "all combinations of sizes" if design.grid else "one factor changes, the others are at their largest"
    return (
        f"Points are means over {design.seeds} pretraining seeds with 95% intervals, {whole}; FLOPs: the runs that no "
        "cheaper run is better than. The line is the power law with its interval, followed to ten times the largest "
        "size; an empty mark is a run that took no part in it."
    )


def _notes(design: Design, curves: Sequence[Curve], runs: Sequence[Run]) -> tuple[str, ...]:
    notes = []
    few = [curve.axis for curve in curves if curve.law is None]
    if few:
        named = ", ".join(dict.fromkeys(few))
        notes.append(f"No law over {named}: it takes at least {LEAST_LEVELS} sizes.")
    if not any(curve.measure == LOSS for curve in curves):
        notes.append("The corpus has no held-out part, so that errors of tasks are all that is followed.")
    if any(run.flops is None for run in runs):
        notes.append("The operations of this objective cannot be counted.")
    notes.append("Every run has the schedule of its own length: the rate falls to zero at its last step.")
    return tuple(notes)
