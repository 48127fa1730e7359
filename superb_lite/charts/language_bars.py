"""Scores by language: a panel for each condition, a group of intervals for each language, a mark for each encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from superb_lite.charts.figure import LONGEST_LABEL, colour, interval, legend, marker, new_figure, sample, styled
from superb_lite.errors import one_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PANEL, HEIGHT, LEGEND_ROW = 2.4, 2.4, 0.2
"""Inches of a panel, and of a line of the legend."""

COLUMNS = 4


@dataclass(frozen=True)
class Bar:
    """A value in a language."""

    language: str
    name: str
    """Whose it is; one name has one colour and one mark in all panels."""
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class BarPanel:
    """What is drawn in one panel, the languages from left to right in the order of the values."""

    title: str
    bars: tuple[Bar, ...]


@styled
def language_bars(panels: Sequence[BarPanel]) -> Figure:
    """Values in percent with their intervals. The first language of a panel is parted from the others by a line."""
    names = list(dict.fromkeys(bar.name for panel in panels for bar in panel.bars))
    columns = min(COLUMNS, len(panels))
    rows = -(-len(panels) // columns)
    figure = new_figure(PANEL * columns + 0.5, HEIGHT * rows + LEGEND_ROW * (len(names) + 1))
    for number, panel in enumerate(panels, start=1):
        axes = figure.add_subplot(rows, columns, number)
        languages = list(dict.fromkeys(bar.language for bar in panel.bars))
        for bar in panel.bars:
            which = names.index(bar.name)
            x = languages.index(bar.language) + 0.7 * ((which + 0.5) / len(names) - 0.5)
            if bar.low is not None and bar.high is not None:
                interval(axes, x, bar.value, (bar.low, bar.high), number=which, horizontal=False)
            else:
                axes.plot([x], [bar.value], marker=marker(which), color=colour(which), markersize=5, linestyle="none")
        axes.axvline(0.5, color="#999999", linewidth=0.8)
        axes.set_xticks(range(len(languages)), [one_line(name, 12) for name in languages])
        axes.set_xlim(-0.5, len(languages) - 0.5)
        axes.grid(visible=False, axis="x")
        axes.set_title(one_line(panel.title, LONGEST_LABEL))
        if number % columns == 1 or columns == 1:
            axes.set_ylabel("score, %")
    legend(figure, "pretrained on", [(sample(which), name) for which, name in enumerate(names)])
    return figure
