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

AHEAD = 2.0
"""How far beyond the threshold tests are looked at, so that not all are looked at again when it rises."""


def rejected(noises: Noises, distances: Array, alpha: float = SIGNIFICANCE) -> NDArray[np.bool_]:
    """(m,) Which of m distances from zero have a Holm-adjusted two-sided p-value below alpha.

    Equals `[p < alpha for p in holm(p_values)]` of `superb_lite.metrics.statistics`.
    """
    m = len(noises)
    found = np.zeros(m, dtype=bool)
    low, high = np.zeros(m), np.full(m, np.inf)
    low[distances == 0] = high[distances == 0] = 1.0
    exact = distances == 0
    while (before := int(found.sum())) < m:
        threshold = alpha / (m - before)
        unknown = np.flatnonzero((low < threshold) & np.isinf(high) & ~found)
        until = min(alpha, AHEAD * threshold)
        below, not_below = certainly(noises[unknown], distances[unknown], threshold, until)
        found[unknown[below]] = True
        low[unknown[not_below]] = until
        unsure = unknown[~below & ~not_below]
        low[unsure], high[unsure] = bounds(noises[unsure], distances[unsure])
        unsure = np.flatnonzero((low < threshold) & (high >= threshold) & ~exact & ~np.isinf(high))
        low[unsure] = high[unsure] = noises[unsure].p_values(distances[unsure])
        exact[unsure] = True
        found |= high < threshold
        if int(found.sum()) == before:
            break
    return found
