"""Lines over layers with bands: one panel for each number, one line for each series, chance dashed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from superb_lite.charts.figure import GREY, colour, legend, line_sample, marker, new_figure, sample, styled
from superb_lite.errors import one_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Line:
    """One series: a value for each layer, with the ends of its interval where they are known."""

    name: str
    layers: tuple[int, ...]
    values: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]


@dataclass(frozen=True)
class Level:
    """A control that has no layers, drawn dashed in the colour of a line."""

    name: str
    value: float
    line: int
    """The number of the line that it goes with; -1: of none, and it is grey."""


@styled
def layer_lines(panels: Sequence[tuple[str, Sequence[Line], Sequence[Level]]]) -> Figure:
    """panels: the title of the vertical axis, its lines, and its levels. Lines of one name have one colour."""
    names = list(dict.fromkeys(line.name for _, lines, _ in panels for line in lines))
    series = len(names) + len({level.name for _, _, levels in panels for level in levels})
    figure = new_figure(3.4 * len(panels), 2.4 + 0.22 * series)
    for number, (title, lines, levels) in enumerate(panels, start=1):
        axes = figure.add_subplot(1, len(panels), number)
        for line in lines:
            which = names.index(line.name)
            axes.plot(line.layers, line.values, color=colour(which), marker=marker(which), markersize=4, linewidth=1.5)
            known = [
                (x, lower, upper)
                for x, lower, upper in zip(line.layers, line.low, line.high, strict=True)
                if lower is not None and upper is not None
            ]
            if known:
                at, low, high = zip(*known, strict=True)
                axes.fill_between(at, low, high, color=colour(which), alpha=0.18, linewidth=0)
        for level in levels:
            shade = colour(level.line) if level.line >= 0 else GREY
            axes.axhline(level.value, color=shade, linestyle=":", linewidth=1.2)
        axes.locator_params(axis="x", integer=True, min_n_ticks=1)
        axes.set_xlabel("layer")
        axes.set_ylabel(title)
    entries = [(sample(which), one_line(name, 60)) for which, name in enumerate(names)]
    dotted = dict.fromkeys(
        (level.name, colour(level.line) if level.line >= 0 else GREY) for _, _, levels in panels for level in levels
    )
    entries += [(line_sample(color=shade, linestyle=":"), one_line(name, 60)) for name, shade in dotted]
    legend(figure, "", entries)
    return figure
