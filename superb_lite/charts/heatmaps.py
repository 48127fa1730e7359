"""Tables of numbers as colours, a panel each on one scale, with the numbers in the cells where these are few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from superb_lite.charts.figure import LONGEST_LABEL, new_figure, styled
from superb_lite.errors import SuperbLiteError, one_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CELL, LABELS, AROUND, TITLE = 0.42, 1.6, 0.8, 0.5
"""Inches of a cell, of the names of rows, around a panel, and of the title."""

MOST_NUMBERS = 144
"""A panel of more cells has no numbers in them."""

COLUMNS = 3


@dataclass(frozen=True)
class HeatMap:
    """One panel."""

    title: str
    values: NDArray[np.float64]
    """(rows, columns); NaN where there is no number."""


@styled
def heat_maps(
    title: str,
    maps: Sequence[HeatMap],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    x: str = "",
    y: str = "",
    limits: tuple[float, float] | None = None,
    across: int = COLUMNS,
) -> Figure:
    """Dark is high. rows, columns: the names of all panels' rows and columns. limits: None: what just holds all.
    across: so many panels stand side by side.

    Raises `SuperbLiteError` where there is no number at all.
    """
    known = np.concatenate([panel.values[np.isfinite(panel.values)] for panel in maps]) if maps else np.zeros(0)
    if not len(known):
        raise SuperbLiteError("there is no number to draw")
    low, high = limits or (float(known.min()), float(known.max()))
    across = min(across, len(maps))
    down = -(-len(maps) // across)
    width = LABELS + across * (CELL * len(columns) + AROUND)
    figure = new_figure(width, TITLE + down * (CELL * len(rows) + AROUND))
    figure.suptitle(one_line(title, LONGEST_LABEL * 2), x=0.01, ha="left", fontsize=11, fontweight="bold")
    for number, panel in enumerate(maps):
        axes = figure.add_subplot(down, across, number + 1)
        axes.imshow(panel.values, vmin=low, vmax=high, cmap="Blues", interpolation="nearest")
        axes.grid(visible=False)
        axes.set_title(one_line(panel.title, LONGEST_LABEL), fontsize=9)
        axes.set_xticks(range(len(columns)), [one_line(name, LONGEST_LABEL) for name in columns])
        names = [one_line(name, LONGEST_LABEL) for name in rows] if number % across == 0 else [""] * len(rows)
        axes.set_yticks(range(len(rows)), names)
        axes.tick_params(length=0)
        axes.set_xlabel(x)
        axes.set_ylabel(y if number % across == 0 else "")
        if panel.values.size <= MOST_NUMBERS:
            for (row, column), value in np.ndenumerate(panel.values):
                if np.isfinite(value):
                    dark = high > low and (value - low) / (high - low) > 0.6
                    shade = "white" if dark else "#222222"
                    axes.text(column, row, f"{value:.2f}", ha="center", va="center", fontsize=7, color=shade)
    return figure
