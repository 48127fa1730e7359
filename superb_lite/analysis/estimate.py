"""Numbers of an analysis with their intervals: over pretraining seeds, over resampled items, and permutation tests.

Intervals over seeds are those of `superb_lite.metrics.statistics`, with seeds in the place of test examples where a
number is all that is known of a seed, and with seeds as rows where its test examples are known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from superb_lite.analysis.claim import Verdict
from superb_lite.metrics.statistics import Sample, interval

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Estimate:
    """A number with the two-sided interval that is known of it."""

    value: float
    low: float | None
    high: float | None
    """None where nothing is known of how it varies, as with one pretraining seed."""
    n: int
    """Over how many the interval is: pretraining seeds, or what was resampled."""

    def __str__(self) -> str:
        return self.shown()

    def shown(self, scale: float = 1.0, digits: int = 2) -> str:
        """ "0.42 [0.31, 0.53]", or "0.42 (one seed)" without an interval. scale: 100 for percent."""
        found = self.scaled(scale)
        value = f"{found.value:z.{digits}f}"
        if found.low is None or found.high is None:
            return f"{value} (one seed)" if self.n == 1 else value
        return f"{value} [{found.low:z.{digits}f}, {found.high:z.{digits}f}]"

    def scaled(self, factor: float) -> Estimate:
        """It times a positive factor: 100 for percent."""
        low, high = (None if end is None else factor * end for end in (self.low, self.high))
        return Estimate(factor * self.value, low, high, self.n)

    def within(self, low: float, high: float) -> Estimate:
        """Its interval cut off where no value can be: a share at 0 and 1."""
        first, last = (None if end is None else min(max(end, low), high) for end in (self.low, self.high))
        return Estimate(self.value, first, last, self.n)

    @property
    def cells(self) -> tuple[float, float | None, float | None]:
        """For the three columns x, x_low, x_high of a table."""
        return self.value, self.low, self.high

    def verdict(self, above: float = 0.0) -> Verdict:
        """Whether it is larger than `above`: "holds" where the whole interval is, "does not hold" where none is."""
        if self.low is None or self.high is None:
            return "not decided"
        if self.low > above:
            return "holds"
        return "does not hold" if self.high <= above else "not decided"


def across_seeds(values: Sequence[float], confidence: float = 0.95) -> Estimate:
    """The mean over pretraining seeds with its t interval. One value has no interval, and neither have values that are
    not all finite. Raises ValueError for none."""
    if not len(values):
        raise ValueError("an estimate needs at least one value")
    table = np.array([values], dtype=np.float64)
    mean = float(table.mean())
    if len(values) == 1 or not np.isfinite(mean):
        return Estimate(mean, None, None, len(values))
    found = interval(Sample(mean, table, tuple(f"seed {i}" for i in range(len(values)))), confidence)
    return Estimate(mean, found.lo, found.hi, len(values))


def across_samples(samples: Sequence[Sample], confidence: float = 0.95) -> Estimate:
    """The mean score of several pretraining seeds on the same test examples, both taken as random.

    samples: of each seed one, as `Result.sample` gives them; differences of two encoders are `a.minus(b)`, seed by
    seed. With one seed the interval is about other test examples alone. Raises ValueError for samples of different
    test data.
    """
    return of_sample(stacked(samples), confidence)


def of_sample(sample: Sample, confidence: float = 0.95) -> Estimate:
    """A sample with a row for each pretraining seed (`stacked`), or what was computed from several of them."""
    found = interval(sample, confidence)
    return Estimate(found.estimate, found.lo, found.hi, len(sample.values))


def stacked(samples: Sequence[Sample]) -> Sample:
    """Samples of the same test examples as one, with a row for each: the mean over its evaluation seeds."""
    first = samples[0]
    rows = []
    for sample in samples:
        if set(sample.clusters) != set(first.clusters):
            raise ValueError("the samples were measured on different test data")
        column = {cluster: number for number, cluster in enumerate(sample.clusters)}
        rows.append(sample.values.mean(axis=0)[[column[cluster] for cluster in first.clusters]])
    estimate = sum(sample.estimate for sample in samples) / len(samples)
    return Sample(estimate, np.array(rows), first.clusters, max(sample.grain for sample in samples))


def permutation_test(
    statistic: Callable[[Indices], float],
    n: int,
    *,
    permutations: int = 999,
    seed: int = 0,
    tail: Literal["greater", "less", "two-sided"] = "greater",
) -> float:
    """The p-value of a statistic when n labels are dealt out anew (Phipson & Smyth 2010: the one seen counts, too).

    statistic: called with an order of the n labels; `numpy.arange(n)` is the one that was seen.
    """
    random = np.random.default_rng(seed)
    seen = statistic(np.arange(n))
    drawn = np.array([statistic(random.permutation(n)) for _ in range(permutations)])
    room = 1e-12 * max(1.0, abs(seen))  # orders that differ in nothing but rounding are as extreme
    above = (1 + int((drawn >= seen - room).sum())) / (1 + permutations)
    below = (1 + int((drawn <= seen + room).sum())) / (1 + permutations)
    return {"greater": above, "less": below, "two-sided": min(1.0, 2 * min(above, below))}[tail]
