"""Holm's step-down procedure on many tests whose p-values are mostly not needed.

The adjusted p-value of a test is below alpha exactly where the smallest p-values, in their order, are below alpha / m,
alpha / (m - 1), ... up to it. With k tests known to be rejected, all whose p-values are below alpha / (m - k) are: if K
is the number that Holm rejects, p_(k+1) is below alpha / (m - k) for k < K, so that at least one more is found, and
p_(K+1), at least alpha / (m - K), is not below the smaller alpha / (m - k), so that none is found beyond K. Begun with
k = 0 it therefore ends with Holm's set, and a test is rejected as soon as a bound above its p-value is below the
threshold, and waits while a bound below it is not; only where neither holds is the p-value computed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from superb_lite.metrics.noises import Noises, bounds
from superb_lite.metrics.statistics import SIGNIFICANCE, Array
from superb_lite.metrics.thresholds import certainly

FEW = 4096
"""Of so few tests bounds are computed at once."""

AHEAD = 1.3
"""How far beyond the threshold that is expected in the end tests are looked at, so that it is done once."""

_SAMPLE = 400
"""Tests that say which threshold is to be expected."""

Index = NDArray[np.int64]


def rejected(noises: Noises, distances: Array, alpha: float = SIGNIFICANCE) -> NDArray[np.bool_]:
    """(m,) Which of m distances from zero have a Holm-adjusted two-sided p-value below alpha.

    Equals `[p < alpha for p in holm(p_values)]` of `superb_lite.metrics.statistics`.
    """
    m = len(noises)
    found = np.zeros(m, dtype=bool)
    left = np.flatnonzero(distances)
    ahead = min(alpha, AHEAD * _expected(noises, distances, alpha)) if len(left) > FEW else alpha
    while True:
        until = min(alpha, max(ahead, AHEAD * alpha / max(1, m - int(np.count_nonzero(found)))))
        left, waiting = _sift(noises, distances, left, found, alpha, until)
        left = _step(noises, distances, left, found, alpha, until)
        if np.count_nonzero(found) == m or alpha / (m - np.count_nonzero(found)) <= until:
            return found
        left = np.concatenate([left, *waiting])


def _sift(
    noises: Noises, distances: Array, left: Index, found: NDArray[np.bool_], alpha: float, until: float
) -> tuple[Index, list[Index]]:
    """Mark in `found` what is certainly rejected; the tests of which that is not known, and those not below `until`."""
    waiting: list[Index] = []
    while len(left) > FEW:
        threshold = alpha / (len(found) - np.count_nonzero(found))
        if len(left) > 0.9 * len(found):  # a copy of the chosen ones would take longer
            below, not_below = (of_all[left] for of_all in certainly(noises, distances, threshold, until))
        else:
            below, not_below = certainly(noises[left], distances[left], threshold, until)
        found[left[below]] = True
        waiting.append(left[not_below])
        left = left[~(below | not_below)]
        if np.count_nonzero(below) < len(left) // 10:
            break
    return left, waiting


def _step(noises: Noises, distances: Array, left: Index, found: NDArray[np.bool_], alpha: float, until: float) -> Index:
    """Mark in `found` what is rejected as long as the threshold is not above `until`; those that are not."""
    low, high = bounds(noises[left], distances[left])
    while len(left) and (threshold := alpha / (len(found) - np.count_nonzero(found))) <= until:
        unsure = np.flatnonzero((low < threshold) & (high >= threshold) & (low < high))
        low[unsure] = high[unsure] = noises[left[unsure]].p_values(distances[left[unsure]])
        new = high < threshold
        if not new.any():
            break
        found[left[new]] = True
        left, low, high = left[~new], low[~new], high[~new]
    return left


def _expected(noises: Noises, distances: Array, alpha: float) -> float:
    """About where the threshold ends: a guess from a few tests, on which nothing but the time depends."""
    m = len(noises)
    some = slice(None, None, max(1, m // _SAMPLE))
    low, high = bounds(noises[some], distances[some])
    share, before = 0.0, -1.0
    while before < share < 1:
        before, share = share, float(np.mean(np.sqrt(low * high) < alpha / m / (1 - share)))
    return alpha / m / max(1 - share, 1 / m)
