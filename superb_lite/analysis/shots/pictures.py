"""Score against the number of solved examples, against size and against steps of pretraining."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from superb_lite.analysis.estimate import Estimate
from superb_lite.analysis.findings import Picture
from superb_lite.analysis.shots.curves import How, Measured, chance
from superb_lite.analysis.shots.groups import Group, labels, last_steps, short
from superb_lite.charts.bands import BandLine, BandPanel, BandPoint, band_chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def pictures_of(measured: Measured, *, table: str) -> tuple[Picture, ...]:
    """Those that there is something to see in. table: the name of the table with the scores."""
    last = last_steps(measured.groups)
    found = [_by_shots(measured, table)]
    if len({group.parameters for group in last}) > 1:
        found.append(_by_size(measured, table))
    if len(measured.groups) > len(last):
        found.append(_by_steps(measured, table))
    return tuple(found)


def _by_shots(measured: Measured, table: str) -> Picture:
    groups = last_steps(measured.groups)

    def draw() -> Figure:
        names = labels(groups)
        panels = []
        for task, problem in measured.problems.items():
            lines = []
            for number, group in enumerate(groups):
                name = names[group.run]
                lines.append(BandLine(name, _points(measured, group, task, "calibrated"), number))
                lines.append(BandLine(f"{name}, not calibrated", _points(measured, group, task, "plain"), number, True))
            tuned = _points(measured, groups[-1], task, "finetuned")
            if tuned:
                name = f"{names[groups[-1].run]}, fine-tuned on the same examples"
                lines.append(BandLine(name, tuned, len(groups), True))
            panels.append(BandPanel(task, tuple(lines), 100 * chance(problem.task, problem)))
        return band_chart(
            "Score after so many solved examples", panels, x="solved examples", y="score, %", scale="even"
        )

    return Picture(
        name="by-shots",
        title="Score against solved examples",
        caption="Each model after its last step. Bands: 95% intervals; dotted: the best constant answer.",
        table=table,
        draw=draw,
    )


def _by_size(measured: Measured, table: str) -> Picture:
    groups = last_steps(measured.groups)

    def draw() -> Figure:
        corpora = list(dict.fromkeys(group.corpora for group in groups))
        shared = set(corpora[0]).intersection(*corpora[1:])
        panels = []
        for task, problem in measured.problems.items():
            lines: list[BandLine] = []
            for k in _few(measured.fitting(task)):
                for corpus in corpora:
                    mine = [g for g in groups if g.corpora == corpus]
                    extra = sorted(set(corpus) - shared)
                    what = f", with {', '.join(extra)}" if extra else ", without" if len(corpora) > 1 else ""
                    points = [_point(g.parameters, measured.score(g, task, k)) for g in mine]
                    number = len(lines)
                    lines.append(BandLine(f"{k} solved examples{what}", tuple(points), number))
            panels.append(BandPanel(task, tuple(lines), 100 * chance(problem.task, problem)))
        return band_chart("Score against size", panels, x="parameters", y="score, %", scale="log")

    return Picture(
        name="by-size",
        title="Score against size",
        caption="After the last step, calibrated. Bands: 95% intervals; dotted: the best constant answer.",
        table=table,
        draw=draw,
    )


def _by_steps(measured: Measured, table: str) -> Picture:
    largest = last_steps(measured.groups)[-1]
    runs = {group.run for group in measured.groups if group not in last_steps(measured.groups)}
    run = largest.run if largest.run in runs else next(iter(sorted(runs)))
    groups = [group for group in measured.groups if group.run == run]

    def draw() -> Figure:
        panels = []
        for task, problem in measured.problems.items():
            lines = []
            for number, k in enumerate(_few(measured.fitting(task))):
                points = [_point(g.steps or 0, measured.score(g, task, k)) for g in groups]
                lines.append(BandLine(f"{k} solved examples", tuple(points), number))
            panels.append(BandPanel(task, tuple(lines), 100 * chance(problem.task, problem)))
        return band_chart(
            f"Score while it is pretrained: {labels(measured.groups)[run]}",
            panels,
            x="steps of pretraining",
            y="score, %",
            scale="symlog",
        )

    return Picture(
        name="by-steps",
        title="Score against steps of pretraining",
        caption=f"{short(run[0])} parameters, calibrated. Bands: 95% intervals; dotted: the best constant answer.",
        table=table,
        draw=draw,
    )


def _points(measured: Measured, group: Group, task: str, how: How) -> tuple[BandPoint, ...]:
    found = [(k, measured.score(group, task, k, how)) for k in measured.fitting(task)]
    return tuple(_point(k, score) for k, score in found if score is not None)


def _point(x: float, score: Estimate | None) -> BandPoint:
    """In percent."""
    assert score is not None
    low, high = (None if end is None else 100 * end for end in (score.low, score.high))
    return BandPoint(x, 100 * score.value, low, high)


def _few(shots: Sequence[int]) -> list[int]:
    """The least, the one after it, and the most."""
    return sorted({*shots[:2], shots[-1]})
