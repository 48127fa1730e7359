"""A forest plot: names below each other, a panel for each score, points with 95% intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from superb_lite.charts.figure import COLOURS, GREY, LONGEST_LABEL, LONGEST_NAME, limits, new_figure, styled
from superb_lite.errors import SuperbLiteError, one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LABELS, PANEL, ROW, AROUND = 2.0, 1.75, 0.24, 0.9
"""In inches: the width of names and of a panel, the height of a row and of title and axis."""


@dataclass(frozen=True)
class ForestRow:
    """A name with its scores."""

    name: str
    scores: Sequence[tuple[float, float, float] | None]
    """For each panel the score and the two ends of its interval; None where it is not scored."""
    group: int | None = None
    """Rows of another group are set off by a line."""
    hollow: bool = False
    """Drawn as something to compare with."""


@styled
def forest_chart(title: str, panels: Sequence[str], rows: Sequence[ForestRow], *, zero: bool = False) -> Figure:
    """Rows from top to bottom, a panel for each of their scores with an axis of its own.

    zero: the scores are differences, and a line stands where there is none.

    Raises `SuperbLiteError` where nothing is scored.
    """
    if not any(score is not None for row in rows for score in row.scores):
        raise SuperbLiteError("there is no score to draw")
    figure = new_figure(LABELS + PANEL * len(panels), AROUND + ROW * len(rows))
    figure.suptitle(one_line(title, LONGEST_NAME), x=0.01, ha="left", fontsize=11, fontweight="bold")
    for place, name in enumerate(panels):
        axes = figure.add_subplot(1, len(panels), place + 1)
        _panel(axes, [row.scores[place] for row in rows], rows)
        if zero:
            axes.axvline(0.0, color=GREY, linewidth=0.8)
        axes.set_title(one_line(name, LONGEST_LABEL))
        labels = [one_line(row.name, LONGEST_LABEL) for row in rows] if place == 0 else []
        axes.set_yticks(range(len(rows)) if labels else [], labels)
    return figure


def _panel(axes: Axes, scores: Sequence[tuple[float, float, float] | None], rows: Sequence[ForestRow]) -> None:
    for y, (row, score) in enumerate(zip(rows, scores, strict=True)):
        if score is not None:
            value, lo, hi = score
            colour = GREY if row.hollow else COLOURS[0]
            axes.hlines(y, lo, hi, color=colour, linewidth=1.6)
            face = "white" if row.hollow else colour
            axes.plot([value], [y], marker="o", color=colour, markerfacecolor=face, markersize=5, linestyle="none")
        if y and row.group != rows[y - 1].group:
            axes.axhline(y - 0.5, color=GREY, linewidth=0.6, linestyle=":")
    ends = [end for score in scores if score is not None for end in score]
    if ends:
        axes.set_xlim(*limits(ends))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0, labelcolor="#222222")
    axes.grid(visible=False, axis="y")
