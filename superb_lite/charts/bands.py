"""A chart of values against something that grows: a panel each, a line an encoder, bands and whiskers are intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from superb_lite.charts.figure import (
    GREY,
    LONGEST_LABEL,
    colour,
    legend,
    line_sample,
    log_axis,
    marker,
    new_figure,
    styled,
)
from superb_lite.errors import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT, LEGEND_ROW = 2.9, 2.3, 0.2
"""Of a panel and of a line of the legend, in inches."""

COLUMNS = 3

Scale = Literal["linear", "log", "symlog", "even"]
"""Of the horizontal axis: symlog has a zero, even puts all values that occur at equal distances."""


@dataclass(frozen=True)
class BandPoint:
    """A value with its interval."""

    x: float
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class BandLine:
    """One line; it has its colour and mark in every panel."""

    name: str
    points: tuple[BandPoint, ...]
    group: int = 0
    """Lines of one number have one colour and one mark."""
    dashed: bool = False


@dataclass(frozen=True)
class BandPanel:
    """What is drawn in one panel."""

    title: str
    lines: tuple[BandLine, ...]
    level: float | None = None
    """A value to compare with, such as chance: a thin line across."""


@styled
def band_chart(title: str, panels: Sequence[BandPanel], *, x: str, y: str, scale: Scale = "linear") -> Figure:
    """Every panel has axes of its own. x, y: what the axes say."""
    lines = {line.name: line for panel in panels for line in panel.lines}
    columns = min(COLUMNS, len(panels))
    rows = -(-len(panels) // columns)
    figure = new_figure(WIDTH * columns, HEIGHT * rows + LEGEND_ROW * (len(lines) + 1))
    for number, panel in enumerate(panels, start=1):
        axes = figure.add_subplot(rows, columns, number)
        _draw(axes, panel, scale)
        axes.set_title(one_line(panel.title, LONGEST_LABEL))
        axes.set_xlabel(x)
        if number % columns == 1 or columns == 1:
            axes.set_ylabel(y)
    legend(
        figure,
        title,
        [
            (
                line_sample(
                    color=colour(line.group),
                    marker=marker(line.group),
                    markersize=4,
                    linewidth=1.6,
                    linestyle="--" if line.dashed else "-",
                    markerfacecolor="white" if line.dashed else colour(line.group),
                ),
                name,
            )
            for name, line in lines.items()
        ],
    )
    return figure


def _draw(axes: Axes, panel: BandPanel, scale: Scale) -> None:
    seen = sorted({point.x for line in panel.lines for point in line.points})
    place = {value: float(number if scale == "even" else value) for number, value in enumerate(seen)}
    if panel.level is not None:
        axes.axhline(panel.level, color=GREY, linewidth=0.8, linestyle=":")
    for line in panel.lines:
        at = [place[point.x] for point in line.points]
        fill = "white" if line.dashed else colour(line.group)
        axes.plot(
            at,
            [point.value for point in line.points],
            color=colour(line.group),
            marker=marker(line.group),
            markersize=4,
            linewidth=1.6,
            linestyle="--" if line.dashed else "-",
            markerfacecolor=fill,
        )
        known = [(x, p.low, p.high) for x, p in zip(at, line.points, strict=True) if None not in (p.low, p.high)]
        if known and not line.dashed:
            xs, lows, highs = zip(*known, strict=True)
            if len(known) == 1:
                axes.vlines(xs, lows, highs, color=colour(line.group), linewidth=1.6)
            else:
                axes.fill_between(xs, lows, highs, color=colour(line.group), alpha=0.15, linewidth=0)
    if scale == "even":
        axes.set_xticks([place[value] for value in seen], [f"{value:g}" for value in seen])
    elif scale != "linear":
        log_axis(axes, scale)
