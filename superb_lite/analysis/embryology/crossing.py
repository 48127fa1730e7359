"""The place at which a curve of growth reaches a share of its gain, read off a monotone fit.

The first crossing of the scores themselves comes early by chance where they are noisy. So the rising curve that is
nearest to the scores in least squares is taken in their place, the isotonic regression (Barlow, Bartholomew, Bremner &
Brunk 1972, Statistical Inference under Order Restrictions, chapter 1), which pools whatever falls. Between two steps it
is taken to be straight on the axis of log steps.

The gain lies between two levels, one at each end: means of the fit, weighted by how near it lies to its value at that
end, from 1 there to 0 at `NEAR` of its rise away. A single score at an end is as noisy as any other, and the fit's own
ends are its extremes: both put nine tenths of a gain far into a plateau that has long been reached. In simulations of
logistic curves (tests/superb_lite/analysis/embryology/test_crossing.py) the mean square error of the place of half of
the gain is below a half of that of the first crossing where noise is a fifth of the gain, and that of nine tenths at
most 0.6 of it where noise is a tenth.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

Array = NDArray[np.float64]

FIRST = -1.0
"""Where step 0 stands on an axis of log2 steps: one place before step 1."""

NEAR = 0.4
"""Of the rise of a fit: what lies nearer to an end belongs to its level."""


def log_steps(steps: Sequence[int]) -> Array:
    """(K,) places of steps on the axis of log2 steps."""
    return np.array([np.log2(step) if step > 0 else FIRST for step in steps])


def monotone(curves: Array) -> Array:
    """(..., K) the nearest rising curves in least squares, of curves (..., K)."""
    found: Array = np.apply_along_axis(lambda curve: isotonic_regression(curve).x, -1, curves)
    return found


def levels(fits: Array) -> tuple[Array, Array]:
    """(...,) and (...,) the levels at the beginning and at the end of rising curves (..., K)."""
    first, last = fits[..., :1], fits[..., -1:]
    rise = np.where(last > first, last - first, 1.0)
    found = []
    for away in (fits - first, last - fits):
        weight = np.clip(1.0 - away / (NEAR * rise), 0.0, 1.0)
        found.append((weight * fits).sum(axis=-1) / weight.sum(axis=-1))
    return found[0], found[1]


def reached(places: Array, fits: Array, share: float) -> Array:
    """(...,) the places at which rising curves (..., K) reach a share of the way from level to level; NaN where nothing
    rises.

    places: (K,) ascending. share: above 0, up to 1.
    """
    start, end = levels(fits)
    wanted = start + share * (end - start)
    room = 1e-9 * (end - start)  # for rounding: levels may be values of the fit
    there = fits >= (wanted - room)[..., None]
    there[..., -1] = True
    at = there[..., 1:].argmax(axis=-1) + 1
    low, high = (np.take_along_axis(fits, (at + k)[..., None], axis=-1)[..., 0] for k in (-1, 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.clip((wanted - low) / (high - low), 0.0, 1.0)
    part = np.where(high == low, 1.0, part)
    found: Array = places[at - 1] + part * (places[at] - places[at - 1])
    return np.where(fits[..., -1] > fits[..., 0], found, np.nan)
