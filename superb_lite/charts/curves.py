"""A chart of learning curves: training loss and validation score over updates, bands are 95% intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from superb_lite.charts.figure import LONGEST_NAME, colour, legend, limits, marker, new_figure, sample, styled
from superb_lite.errors import one_line
from superb_lite.evaluation.learning_curves import Curve, Point

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT, LEGEND_ROW = 7.6, 3.2, 0.2
"""Of the two panels, and of a line of the legend above them, in inches."""


@styled
def curve_chart(curves: Sequence[Curve]) -> Figure:
    """Curves on one task. The validation score is in percent."""
    task = curves[0].task
    panels: list[tuple[str, float, Callable[[Curve], list[Point]]]] = [
        ("training loss", 1.0, lambda curve: curve.loss),
        (f"validation score ({', '.join(task.metrics)}), %", 100.0, lambda curve: curve.score),
    ]
    figure = new_figure(WIDTH, HEIGHT + LEGEND_ROW * len(curves))
    for number, (heading, factor, points) in enumerate(panels, start=1):
        axes = figure.add_subplot(1, len(panels), number)
        _panel(axes, [points(curve) for curve in curves], factor)
        axes.set_title(heading, weight="normal")
    seeds = len(curves[0].epochs)
    note = f"mean of {seeds} seeds, 95% intervals" if seeds > 1 else "one seed: no intervals"
    title = f"{one_line(task.name, LONGEST_NAME)}, fine-tuned ({note})"
    legend(figure, title, [(sample(number), curve.encoder) for number, curve in enumerate(curves)])
    return figure


def _panel(axes: Axes, curves: Sequence[Sequence[Point]], factor: float) -> None:
    for number, curve in enumerate(curves):
        steps = [point.step for point in curve]
        low, high = ([factor * point.ci[end] for point in curve] for end in (0, 1))
        axes.fill_between(steps, low, high, color=colour(number), alpha=0.15, linewidth=0)
        values = [factor * point.value for point in curve]
        axes.plot(steps, values, color=colour(number), marker=marker(number), markersize=4, linewidth=2)
    axes.set_xlim(0, max(point.step for curve in curves for point in curve) * 1.02)
    axes.set_ylim(*limits(factor * end for curve in curves for point in curve for end in point.ci))
    axes.set_xlabel("updates")
