"""The geometry of the forest plots: a shared horizontal axis, in percent of the plot's width.

Plots are inline SVG whose x coordinates are percentages, so that they fill any column width without JavaScript while
their text and dots keep their size.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

FARTHEST = (-50.0, 150.0)
"""An axis never reaches further than this; what lies beyond is drawn at its edge, as an arrow."""

MARGIN = 0.05
"""Of the axis's length, left and right, so that dots and labels at the ends are not cut off."""


@dataclass(frozen=True)
class Axis:
    """The horizontal axis that plots share."""

    lo: float
    """The value at the left edge of the plot."""
    hi: float
    """The value at the right edge."""
    step: int = 50
    """Between the values that are labelled."""

    def at(self, value: float) -> float:
        """Where a value lies, in percent of the width; values off the axis lie on its edge."""
        share = (value - self.lo) / (self.hi - self.lo)
        return round(100 * min(1.0, max(0.0, share)), 2)

    def inside(self, value: float) -> bool:
        """Whether the axis reaches the value."""
        return self.lo <= value <= self.hi

    @property
    def ticks(self) -> tuple[int, ...]:
        """The values to label: the multiples of `step` that the axis reaches, 0 among them."""
        return tuple(range(self.step * math.ceil(self.lo / self.step), math.floor(self.hi) + 1, self.step))


def axis(intervals: Iterable[tuple[float, float]]) -> Axis:
    """The axis that shows 0, 100 and the intervals, as far as `FARTHEST` allows."""
    ends = [0.0, 100.0]
    for lo, hi in intervals:
        ends += [min(max(end, FARTHEST[0]), FARTHEST[1]) for end in (lo, hi)]
    margin = MARGIN * (max(ends) - min(ends))
    return Axis(min(ends) - margin, max(ends) + margin)


def difference_axis(intervals: Iterable[tuple[float, float]]) -> Axis:
    """The axis that shows 0 and all intervals, and at least 10 to either side of it."""
    ends = [-10.0, 10.0, *(end for interval in intervals for end in interval)]
    margin = MARGIN * (max(ends) - min(ends))
    return Axis(min(ends) - margin, max(ends) + margin, step=10)
