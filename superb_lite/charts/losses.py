"""A chart of training losses by update: a panel a task, a line an encoder, bands from the lowest to the highest run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from superb_lite.charts.figure import LONGEST_LABEL, colour, legend, limits, new_figure, sample, styled
from superb_lite.errors import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT, LEGEND_ROW = 2.9, 2.1, 0.2
"""Of a panel and of a line of the legend, in inches."""

COLUMNS = 3


@dataclass(frozen=True)
class LossPanel:
    """The losses on one task."""

    title: str
    updates: int
    lines: Mapping[str, Sequence[Sequence[float]]]
    """By the name of an encoder, for each run the means over equal stretches of the updates."""


@styled
def loss_chart(title: str, panels: Sequence[LossPanel]) -> Figure:
    """Every panel has axes of its own; an encoder has the same colour in all."""
    names = list(dict.fromkeys(name for panel in panels for name in panel.lines))
    columns = min(COLUMNS, len(panels))
    rows = -(-len(panels) // columns)
    figure = new_figure(WIDTH * columns, HEIGHT * rows + LEGEND_ROW * (len(names) + 1))
    for number, panel in enumerate(panels, start=1):
        axes = figure.add_subplot(rows, columns, number)
        _draw(axes, panel, names)
        axes.set_title(one_line(panel.title, LONGEST_LABEL))
        axes.set_xlabel("updates")
    legend(figure, title, [(sample(number), name) for number, name in enumerate(names)])
    return figure


def _draw(axes: Axes, panel: LossPanel, names: Sequence[str]) -> None:
    means = []
    for number, name in enumerate(names):
        if name not in panel.lines:
            continue
        table = np.array(panel.lines[name])  # (runs, points)
        x = panel.updates * (np.arange(table.shape[1]) + 0.5) / table.shape[1]
        axes.fill_between(x, table.min(axis=0), table.max(axis=0), color=colour(number), alpha=0.15, linewidth=0)
        axes.plot(x, table.mean(axis=0), color=colour(number), linewidth=1.6)
        means += table.mean(axis=0).tolist()
    axes.set_xlim(0, panel.updates)
    axes.set_ylim(*limits(means))
