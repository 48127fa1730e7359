"""A chart of what grows while an encoder is pretrained: scores by step on a log axis, a panel for each kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from superb_lite.charts.figure import GREY, LONGEST_LABEL, colour, limits, line_sample, marker, new_figure, styled
from superb_lite.errors import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT, LEGEND_ROW = 4.4, 2.8, 0.19
"""Of a panel and of a line of its legend, in inches."""

COLUMNS = 2

Point = tuple[float, float | None, float | None]
"""A value with the two ends of its interval."""


@dataclass(frozen=True)
class GrowthPanel:
    """The curves of one kind of questions."""

    title: str
    lines: Mapping[str, Sequence[Point]]
    """By the name of a question, a value at each step."""


@styled
def growth_chart(title: str, steps: Sequence[int], panels: Sequence[GrowthPanel], *, unit: str) -> Figure:
    """Every panel has the same axis of steps and a legend of its own. unit: of the values."""
    columns = min(COLUMNS, len(panels))
    rows = -(-len(panels) // columns)
    longest = max(len(panel.lines) for panel in panels)
    figure = new_figure(WIDTH * columns, (HEIGHT + LEGEND_ROW * -(-longest // 2)) * rows + 0.3)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
    places = np.array([0.5 if step == 0 else float(step) for step in steps])
    for number, panel in enumerate(panels, start=1):
        axes = figure.add_subplot(rows, columns, number)
        _draw(axes, places, panel)
        axes.set_title(one_line(panel.title, LONGEST_LABEL))
        axes.set_xscale("log", base=2)
        shown = [place for place in places[:-1:2] if places[-1] >= 3 * place] + [places[-1]]  # no two that touch
        axes.set_xticks(shown, ["0" if place == 0.5 else f"{place:.0f}" for place in shown])
        axes.minorticks_off()
        axes.set_xlabel("pretraining step")
        axes.set_ylabel(unit)
    return figure


def _draw(axes: Axes, places: np.ndarray, panel: GrowthPanel) -> None:
    samples, values = [], []
    for number, points in enumerate(panel.lines.values()):
        ends = [(low, high) for _, low, high in points]
        known = [(low, high) for low, high in ends if low is not None and high is not None]
        if len(known) == len(ends):
            low, high = zip(*known, strict=True)
            axes.fill_between(places, low, high, color=colour(number), alpha=0.10, linewidth=0)
        line = [value for value, _, _ in points]
        axes.plot(places, line, color=colour(number), marker=marker(number), markersize=3.5, linewidth=1.4)
        samples.append(line_sample(color=colour(number), marker=marker(number), markersize=4, linewidth=1.4))
        values += line
    axes.axhline(0.0, color=GREY, linewidth=0.6)
    axes.set_ylim(*limits([*values, 0.0]))
    legend = axes.legend(
        samples, [""] * len(samples), loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2, fontsize=8
    )
    for text, name in zip(legend.get_texts(), panel.lines, strict=True):
        text.set_text(one_line(name, LONGEST_LABEL))


@dataclass(frozen=True)
class StepRow:
    """When one thing is learnt."""

    name: str
    group: int
    """Rows of another group are set off by a line."""
    reached: Sequence[Point | None]
    """For each share of its gain a log2 step with its interval; None where it is not known."""


@styled
def step_chart(title: str, shares: Sequence[str], rows: Sequence[StepRow], *, last: int) -> Figure:
    """Rows from top to bottom on one log axis of steps; a mark for each share. last: the last step."""
    figure = new_figure(6.4, 1.2 + 0.22 * len(rows))
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
    axes = figure.add_subplot(1, 1, 1)
    for y, row in enumerate(rows):
        for number, found in enumerate(row.reached):
            if found is None:
                continue
            value, low, high = found
            at = y + 0.16 * (number - 0.5 * (len(shares) - 1))
            if low is not None and high is not None:
                axes.hlines(at, max(low, -1.0), min(high, np.log2(last)), color=colour(number), linewidth=1.4)
            face = colour(number) if number == 0 else "white"
            axes.plot([value], [at], marker=marker(number), color=colour(number), markerfacecolor=face, markersize=4.5)
        if y and row.group != rows[y - 1].group:
            axes.axhline(y - 0.5, color=GREY, linewidth=0.6, linestyle=":")
    places = [-1, *range(0, int(np.log2(last)) + 1, 2)]
    axes.set_xticks(places, ["0" if place < 0 else str(2**place) for place in places])
    axes.set_xlim(-1.2, np.log2(last) + 0.1)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)), [one_line(row.name, LONGEST_LABEL) for row in rows])
    axes.tick_params(axis="y", length=0, labelcolor="#222222")
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("pretraining step")
    samples = [
        line_sample(color=colour(n), marker=marker(n), markerfacecolor=colour(n) if n == 0 else "white", markersize=5)
        for n in range(len(shares))
    ]
    figure.legend(samples, list(shares), loc="outside lower center", ncols=len(shares))
    return figure
