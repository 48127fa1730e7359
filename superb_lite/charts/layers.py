"""A chart of the score of every layer: one panel a task, points with 95% intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from superb_lite.charts.figure import interval, limits, new_figure, styled
from superb_lite.errors import one_line
from superb_lite.evaluation.layers import LayerResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 3.4, 2.2
"""Of a panel, in inches."""

COLUMNS = 3

LONGEST_TITLE = 32
"""Characters of a task's name that stand above a panel; the middle of a longer one is left out."""


@styled
def layer_chart(results: Sequence[LayerResult]) -> Figure:
    """Every panel has its own vertical axis, in percent, that just holds its intervals."""
    tasks: dict[str, list[LayerResult]] = {}
    for result in results:
        tasks.setdefault(result.result.task, []).append(result)
    columns = min(COLUMNS, len(tasks))
    rows = -(-len(tasks) // columns)
    figure = new_figure(WIDTH * columns, HEIGHT * rows)
    for number, (task, found) in enumerate(tasks.items(), start=1):
        _panel(figure.add_subplot(rows, columns, number), task, found)
    return figure


def _panel(axes: Axes, task: str, found: Sequence[LayerResult]) -> None:
    layers = [row.layer for row in found]
    axes.plot(layers, [100 * row.result.score for row in found], color="#9bb8d3", linewidth=1.2, zorder=1)
    for row in found:
        low, high = row.result.ci
        interval(axes, row.layer, 100 * row.result.score, (100 * low, 100 * high), number=0, horizontal=False)
    axes.set_ylim(*limits(100 * end for row in found for end in row.result.ci))
    axes.set_xlim(-0.5, found[0].depth - 0.5)
    axes.locator_params(axis="x", integer=True, min_n_ticks=1)
    axes.grid(visible=False, axis="x")
    axes.set_title(one_line(task, LONGEST_TITLE))
    axes.set_xlabel("layer")
    axes.set_ylabel("score, %")
