"""Intervals of scores between two bounds, which are no interval near a bound if they are symmetric.

Of 60 right answers in 60 no symmetric interval says anything, and of 99% in 200 it says too much: the variance that the
errors show is that of the few errors there are. Wilson's interval (1927, JASA 22:209-212) takes the variance from the
proportion that is tested. What it needs to know of the number of observations is the effective sample size, at which a
binomial would vary as much as was measured; where nothing varies at all, it is the number of examples, corrected for
the degrees of freedom of the clusters (Korn & Graubard 1998, Survey Methodology 24:193-201; Franco, Little, Louis &
Slud 2019, J. Survey Statistics and Methodology 7:334-364, compare Wilson's with others at such sizes).
"""

from __future__ import annotations

import math

from superb_lite.metrics.clusters import independent
from superb_lite.metrics.statistics import Interval


def bounded(
    found: Interval, bounds: tuple[float, float], *, examples: int, clusters: tuple[str, ...], confidence: float = 0.95
) -> tuple[float, float]:
    """The two ends of Wilson's interval of an estimate that lies between two bounds.

    found: its symmetric interval of that confidence. examples: how many there are. clusters: those of its sample. A
    score without an upper or a lower bound keeps its interval, cut off where the other one is.
    """
    lowest, highest = bounds
    if not (math.isfinite(lowest) and math.isfinite(highest)):
        return max(lowest, found.lo), min(highest, found.hi)
    length = highest - lowest
    share = min(1.0, max(0.0, (found.estimate - lowest) / length))
    half = (found.hi - found.lo) / 2 / length
    spread = share * (1 - share)
    # (quantile)^2 / (effective sample size), which is the square of the half-width for a spread of one.
    if spread > 0:
        width = half**2 / spread
    else:
        from scipy import special

        width = float(special.stdtrit(independent(clusters) - 1, (1 + confidence) / 2)) ** 2 / examples
    centre = (share + width / 2) / (1 + width)
    reach = math.sqrt(width * spread + width**2 / 4) / (1 + width)
    return lowest + length * max(0.0, centre - reach), lowest + length * min(1.0, centre + reach)
