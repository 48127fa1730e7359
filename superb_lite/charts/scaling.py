"""A chart of power laws: a panel for each quantity, logarithmic, with the law followed beyond what it was fitted to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from superb_lite.charts.figure import GREY, colour, legend, line_sample, log_axis, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 3.2, 2.9
"""Of a panel, in inches."""

COLUMNS = 2


@dataclass(frozen=True)
class ScalingPoint:
    """A value with its interval."""

    x: float
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class ScalingPanel:
    """What is drawn in one panel; x has a logarithmic axis."""

    axis: str
    points: Sequence[ScalingPoint]
    law: Sequence[ScalingPoint]
    """The law at many x; none without one."""
    checked: ScalingPoint | None = None
    """A run that took no part in the law."""


@styled
def scaling_chart(title: str, panels: Sequence[ScalingPanel], *, y: str) -> Figure:
    """y: what the vertical axes say, which all panels share. Raises ValueError without panels."""
    if not panels:
        raise ValueError("a chart of scaling needs at least one panel")
    columns = min(COLUMNS, len(panels))
    rows = -(-len(panels) // columns)
    figure = new_figure(WIDTH * columns, HEIGHT * rows + 0.7)
    first: Axes | None = None
    for number, panel in enumerate(panels, start=1):
        axes = figure.add_subplot(rows, columns, number, sharey=first)
        first = first or axes
        _draw(axes, panel)
        axes.set_xlabel(panel.axis)
        if number % columns == 1 or columns == 1:
            axes.set_ylabel(y)
    entries = [(line_sample(color=colour(0), marker="o", linestyle="none"), "runs, mean over pretraining seeds")]
    if any(panel.law for panel in panels):
        entries.append((line_sample(color=GREY, linewidth=1.4), "power law, with its interval"))
    if any(panel.checked for panel in panels):
        style = {"color": colour(1), "marker": "D", "markerfacecolor": "white", "linestyle": "none"}
        entries.append((line_sample(**style), "larger runs, not in the law"))
    legend(figure, title, entries)
    return figure


def _draw(axes: Axes, panel: ScalingPanel) -> None:
    log_axis(axes)
    if panel.law:
        xs = [point.x for point in panel.law]
        axes.plot(xs, [point.value for point in panel.law], color=GREY, linewidth=1.4)
        known = [(p.x, p.low, p.high) for p in panel.law if p.low is not None and p.high is not None]
        if known:
            at, lows, highs = zip(*known, strict=True)
            axes.fill_between(at, lows, highs, color=GREY, alpha=0.15, linewidth=0)
    for point in panel.points:
        _mark(axes, point, colour(0), "o", colour(0))
    if panel.checked is not None:
        _mark(axes, panel.checked, colour(1), "D", "white")


def _mark(axes: Axes, point: ScalingPoint, line: str, shape: str, fill: str) -> None:
    if point.low is not None and point.high is not None:
        axes.vlines(point.x, point.low, point.high, color=line, linewidth=1.6)
    axes.plot([point.x], [point.value], marker=shape, color=line, markerfacecolor=fill, markersize=5, linestyle="none")
