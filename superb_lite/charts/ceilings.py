"""A chart of results and the ceilings of their tasks (after the history of GLUE, where human performance is 1).

A value is the score over the score of the ceiling, so that 1 is the supervised reference. An error counts as 1 - error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from superb_lite.charts.figure import (
    GREY,
    LONGEST_LABEL,
    LONGEST_NAME,
    interval,
    legend,
    limits,
    line_sample,
    new_figure,
    sample,
    styled,
)
from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.metrics import higher_is_better
from superb_lite.results.result import Result
from superb_lite.results.tables import cells

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, STEP, GAP = 7.2, 0.17, 0.2
"""In inches: of the figure, from one encoder's point to the next, and what is added between the points of two tasks."""

AROUND, LEGEND_ROW = 0.9, 0.2
"""In inches: the height of title and axis, and of a line of the legend."""


@dataclass(frozen=True)
class Relative:
    """A result as shares of the ceiling."""

    value: float
    """The score."""

    ci: tuple[float, float]
    """Its 95% interval."""

    floor: float


def relative(result: Result) -> Relative:
    """Raises `SuperbLiteError`, naming the result, where no ceiling was measured."""
    if result.ceiling is None or result.floor is None:
        raise SuperbLiteError(
            f"'{result.encoder}' on '{result.task}' ({result.protocol}) has no ceiling: leave it out, or measure floor "
            "and ceiling of its task set with `superb-lite calibrate`"
        )
    better = higher_is_better(tuple(result.metrics))

    def right(score: float) -> float:
        return score if better else 1.0 - score

    ceiling, floor = (right(sum(ends.values()) / len(ends)) for ends in (result.ceiling, result.floor))
    if ceiling <= 0:
        raise SuperbLiteError(f"the ceiling of '{result.task}' is not above 0, so no score is a share of it")
    low, high = sorted(right(end) / ceiling for end in result.ci)
    return Relative(right(result.score) / ceiling, (low, high), floor / ceiling)


@styled
def ceiling_chart(results: Sequence[Result]) -> Figure:
    """A row a task, a colour and a shape an encoder, points with 95% intervals, a line at the ceiling and at floors.

    Raises `SuperbLiteError` for results without a ceiling, of several task sets, or that do not belong in one row.
    """
    sets = list(dict.fromkeys(result.task.split("/")[0] for result in results))
    if len(sets) > 1:
        raise SuperbLiteError(f"a chart shows one task set, and these results are of {' and '.join(sets)}")
    encoders, rows = cells(results)
    groups = [{name: relative(result) for name, result in row.items()} for row in rows.values()]
    height = STEP * len(encoders) + GAP
    figure = new_figure(WIDTH, AROUND + LEGEND_ROW * (len(encoders) + 2) + height * len(groups))
    axes = figure.add_subplot()
    axes.axvline(1.0, color="#222222", linewidth=1.2, zorder=1)
    for row, group in enumerate(groups):
        middle = height * row
        floor = next(iter(group.values())).floor
        axes.vlines(floor, middle - 0.45 * height, middle + 0.45 * height, color=GREY, linestyle="--", linewidth=1)
        for number, name in enumerate(encoders):
            if name in group:
                found, y = group[name], middle + STEP * (number - (len(encoders) - 1) / 2)
                interval(axes, found.value, y, found.ci, number=number, horizontal=True)
    protocols = list(dict.fromkeys(protocol for _, protocol in rows))
    labels = [task.removeprefix(f"{sets[0]}/") + (f" ({p})" if len(protocols) > 1 else "") for task, p in rows]
    axes.set_yticks([height * row for row in range(len(groups))], [one_line(label, LONGEST_LABEL) for label in labels])
    axes.set_ylim(height * (len(groups) - 0.5), -0.5 * height)
    axes.set_xlim(*limits([1.0, *(end for group in groups for r in group.values() for end in (*r.ci, r.floor))]))
    axes.tick_params(axis="y", length=0, labelcolor="#222222")
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("score / ceiling")
    # Shades of every other row, so that the eye finds the label of a point.
    for row in range(1, len(groups), 2):
        axes.axhspan(height * (row - 0.5), height * (row + 0.5), color="#f5f5f5", zorder=0, linewidth=0)
    of_tasks = [
        (line_sample(color="#222222", linewidth=1.2), "ceiling"),
        (line_sample(color=GREY, linestyle="--", linewidth=1), "floor"),
    ]
    protocol = f", {protocols[0]}" if len(protocols) == 1 else ""
    title = f"{one_line(sets[0], LONGEST_NAME)}{protocol}: score relative to the ceiling, 95% intervals"
    legend(figure, title, [*((sample(number), name) for number, name in enumerate(encoders)), *of_tasks])
    return figure
