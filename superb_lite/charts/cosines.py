"""Cosine maps: how near each of n things is to each other, a panel for each layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from superb_lite.charts.figure import new_figure, styled
from superb_lite.errors import one_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LONGEST_SENTENCE = 44
"""Characters of a label; the middle of a longer one is left out."""

PANEL, NAMES = 2.3, 3.4
"""Inches of a panel, and of the names beside the first one of a row."""

COLUMNS = 3


@styled
def cosine_maps(maps: Sequence[tuple[str, NDArray[np.float64]]], labels: Sequence[str], kinds: Sequence[str]) -> Figure:
    """Light is near. Things of one kind stand together, and white lines part the kinds.

    maps: titles with (n, n) cosines. labels, kinds: of the n things. Every panel has its own scale, from the smallest
    cosine to the largest one of two different things, since the vectors of some layers are all alike.
    """
    columns = min(COLUMNS, len(maps))
    rows = -(-len(maps) // columns)
    figure = new_figure(NAMES + PANEL * columns, PANEL * rows + 0.6)
    n = len(labels)
    borders = [i for i in range(1, n) if kinds[i] != kinds[i - 1]]
    for number, (title, matrix) in enumerate(maps):
        axes = figure.add_subplot(rows, columns, number + 1)
        others = matrix[~np.eye(n, dtype=bool)]
        low, high = float(others.min()), float(others.max())
        if high - low < 1e-3:  # all alike: a flat panel, not the noise of rounding
            low, high = high - 0.5, high + 0.5
        axes.imshow(matrix, vmin=low, vmax=high, cmap="viridis", interpolation="nearest")
        axes.grid(visible=False)
        axes.hlines([b - 0.5 for b in borders], -0.5, n - 0.5, color="white", linewidth=1.5)
        axes.vlines([b - 0.5 for b in borders], -0.5, n - 0.5, color="white", linewidth=1.5)
        shown = "all alike" if others.max() - others.min() < 1e-3 else f"{low:.2f} to {high:.2f}"
        axes.set_title(f"{one_line(title, 24)}\n{shown}", fontsize=8)
        axes.set_xticks(range(n), [str(i + 1) for i in range(n)], fontsize=6)
        first = number % columns == 0
        names = [f"{one_line(label, LONGEST_SENTENCE)}  {i + 1}" for i, label in enumerate(labels)]
        axes.set_yticks(range(n), names if first else [str(i + 1) for i in range(n)], fontsize=6)
        axes.tick_params(length=0)
    return figure
