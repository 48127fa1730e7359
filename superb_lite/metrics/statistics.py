"""Intervals and comparisons from both sources of noise: the test examples and the evaluation seeds.

Everything starts from a `Sample`: an (S, n) table with one row per evaluation seed and one column per cluster of test
examples. For a plain accuracy an entry is the share of correct examples in the cluster; for metrics that are not means
it is a jackknife pseudo-value (Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 11).

The table is a two-way layout with random effects of examples and of seeds (Searle, Casella & McCulloch 1992, Variance
Components, chapter 4). The variance of its grand mean is estimated without bias by

    var(seed means of clusters) / n  +  (var(means of seeds) - residual mean square / n) / S

with the second term clipped at zero. Where a cluster has several members (the two voices of a pair), variances over
clusters are those of `superb_lite.metrics.clusters`, and the members are what there are n of.

With few seeds that term is poorly known, and a t with Satterthwaite's degrees of freedom is too short in the tails that
a correction for many comparisons looks at: in a simulation it told five equal encoders apart 20% of the time. So
p-values average over what the term may be, given what was seen: the mean square of seeds times its degrees of freedom
is sigma^2 chi^2, and chi^2 is drawn from its distribution (a generalized p-value: Weerahandi 1993, JASA 88:899-905;
Hannig, Iyer & Patterson 2006, JASA 101:254-269). Given the seed term, the test is a t with Satterthwaite's (1946)
degrees of freedom. An interval holds the values that the test does not reject.
`tests/superb_lite/metrics/test_coverage.py` measures how often that is right.

The smallest difference that such a test can show is the one whose estimate is further from zero than the interval is
wide, with the power that is asked for (the minimum detectable effect of Bloom 1995, Evaluation Review 19:547-556, with
the distribution above in the place of a t).
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from superb_lite.metrics.clusters import independent, membership

Array = NDArray[np.float64]

SIGNIFICANCE = 0.05
"""The (adjusted) p-value below which one encoder counts as better than another."""

# Gauss-Legendre nodes over the levels of a distribution, cubed so that they are dense at its lower end: a small chi^2
# of the seeds means a large variance, and that decides small p-values.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
LEVELS = ((_NODES + 1) / 2) ** 3
"""Of the distribution of chi^2, ascending."""
LEVEL_WEIGHTS = 3 * ((_NODES + 1) / 2) ** 2 * _WEIGHTS / 2
"""Of the 48 `LEVELS` in the mean over what the chi^2 may be."""


ROUNDING = 1e-14
"""Deviations that are all a smaller share of the table's largest number are none."""


@dataclass(frozen=True)
class Noise:
    """What is known of the variance of an estimate."""

    examples: float
    """The term of the test examples."""

    examples_dof: float
    """Its degrees of freedom."""

    seeds: float = 0.0
    """The term of the evaluation seeds."""

    seeds_dof: float = 0.0
    """Its degrees of freedom."""

    residual: float = 0.0
    """What of `seeds` is not noise of seeds."""

    covariance: float = 0.0
    """Of tasks that share some clusters."""

    grain: float = 0.0
    """The variance that one answer more on either side would make (`Sample.grain`)."""

    @property
    def variance(self) -> float:
        """The estimate of the variance."""
        return max(0.0, self.examples + max(0.0, self.seeds - self.residual) + self.covariance + self.grain)

    def p_value(self, distance: float) -> float:
        """Two-sided: how often an estimate is further than `distance` from the truth."""
        if distance == 0:
            return 1.0
        error, dof = self._mixture
        with np.errstate(divide="ignore"):
            tails = special.stdtr(dof, -abs(distance) / error)
        return float(min(1.0, 2 * (LEVEL_WEIGHTS * tails).sum()))

    def half_width(self, confidence: float) -> float:
        """The distance whose p-value is 1 - confidence."""
        high = 2 * float(self._mixture[0].max())
        if high == 0:
            return 0.0
        while self.p_value(high) > 1 - confidence:
            high *= 2
        from scipy import optimize  # takes a fifth as long to import as torch, and few commands get here

        return float(optimize.brentq(lambda h: self.p_value(h) - (1 - confidence), 0.0, high, xtol=1e-12 * high))

    def detectable(self, power: float = 0.8) -> float:
        """The smallest true difference from zero that is found at `SIGNIFICANCE` with probability `power`.

        The estimate has to be further from zero than the half-width of the interval, and is short of the truth by the
        half-width of an interval of confidence 2 * power - 1 or more with probability 1 - power.
        """
        return self.half_width(1 - SIGNIFICANCE) + self.half_width(2 * power - 1)

    @functools.cached_property
    def _mixture(self) -> tuple[Array, Array]:
        """Standard errors and degrees of freedom, one for each level of the chi^2 of the seeds."""
        seeds = np.zeros_like(LEVELS)
        if self.seeds > 0:
            chi2 = 2 * special.gammaincinv(self.seeds_dof / 2, LEVELS)
            seeds = np.maximum(0.0, self.seeds * self.seeds_dof / chi2 - self.residual)
        # Covariance and grain are kept out of the degrees of freedom: they make the variance larger, not better known.
        known = self.examples**2 / self.examples_dof
        dof = (self.examples + seeds) ** 2 / known if known > 0 else np.full_like(seeds, np.inf)
        error = np.sqrt(np.maximum(0.0, self.examples + seeds + self.covariance + self.grain))
        return error, np.minimum(dof, 1e9)


@dataclass(frozen=True)
class Interval:
    """An estimate with its two-sided confidence interval, on whatever scale the values had."""

    estimate: float
    lo: float
    hi: float
    noise: Noise

    @property
    def variance(self) -> float:
        """The estimate of the variance of `estimate`."""
        return self.noise.variance

    def p_value(self, null: float = 0.0) -> float:
        """Two-sided p-value of the test against `null`: below 1 - confidence where the interval does not hold it."""
        return self.noise.p_value(self.estimate - null)


@dataclass(frozen=True)
class Sample:
    """A score with what its uncertainty is estimated from."""

    estimate: float
    """The score itself."""
    values: Array
    """(S, n): the pseudo-values of each evaluation seed, cluster by cluster."""
    clusters: tuple[str, ...]
    """n ids; samples that share an id share test data. See `superb_lite.tasks.labels.cluster_of`."""
    grain: float = 0.0
    """What one more right answer of all test examples adds, where answers are right or wrong. A difference of two that
    agree on every example is not known to be zero; as Agresti & Min (2005, Statistics in Medicine 24:729-740) add half
    an example to each outcome of a pair, its square is added to the variance. 0: none is added."""

    def scaled(self, factor: float, offset: float = 0.0) -> Sample:
        """factor * sample + offset."""
        grain = abs(factor) * self.grain
        return Sample(factor * self.estimate + offset, factor * self.values + offset, self.clusters, grain)

    def minus(self, other: Sample) -> Sample:
        """The paired difference: same test clusters and same evaluation seeds, cell by cell.

        Seeds that only one of the two has are left out, of the estimates too. Raises ValueError when the two were not
        measured on the same clusters.
        """
        seeds = min(len(self.values), len(other.values))
        return self._first(seeds).plus(other._first(seeds).scaled(-1.0))

    def plus(self, other: Sample) -> Sample:
        """The sum, cell by cell. Raises ValueError unless both have the same clusters and as many seeds."""
        grain = max(self.grain, other.grain)
        if self.clusters == other.clusters:
            return Sample(self.estimate + other.estimate, self.values + other.values, self.clusters, grain)
        if set(self.clusters) != set(other.clusters):
            raise ValueError("the two samples were measured on different test data")
        column = {cluster: j for j, cluster in enumerate(other.clusters)}
        values = other.values[:, [column[cluster] for cluster in self.clusters]]
        return Sample(self.estimate + other.estimate, self.values + values, self.clusters, grain)

    def _first(self, seeds: int) -> Sample:
        if seeds == len(self.values):
            return self
        values = self.values[:seeds]
        return Sample(self.estimate + float(values.mean() - self.values.mean()), values, self.clusters, self.grain)


def jackknife(counts: Array, value: Callable[[Array], Array]) -> Array:
    """Leave-one-cluster-out pseudo-values.

    counts: (S, n, k) additive contributions of n clusters under S seeds. value: (..., k) -> (...).
    Returns (S, n): n * value(all) - (n - 1) * value(all but one).
    """
    n = counts.shape[1]
    total = counts.sum(axis=1, keepdims=True)
    pseudo: Array = n * value(total) - (n - 1) * value(total - counts)
    return pseudo


def interval(sample: Sample, confidence: float = 0.95) -> Interval:
    """Interval of one sample. With one seed the variance between seeds is unknown and left out."""
    return mean_interval([sample], [1.0], confidence)


def mean_interval(samples: Sequence[Sample], weights: Sequence[float], confidence: float = 0.95) -> Interval:
    """Interval of a weighted sum of samples (weights 1/K give the mean of K tasks).

    Samples of the same clusters and as many seeds are added up cell by cell, so that whatever they share counts: the
    examples, and for two protocols of one task the labels that each seed draws. Samples that share only some clusters
    add the covariance of these.
    """
    tables = _added_up([s.scaled(w) for s, w in zip(samples, weights, strict=True)])
    parts = [_Parts.of(table) for table in tables]
    examples, examples_dof = _satterthwaite([(p.examples, p.clusters - 1) for p in parts])
    seeds, seeds_dof = _satterthwaite([(p.seeds, p.rows - 1) for p in parts if p.rows > 1])
    noise = Noise(
        examples=examples,
        examples_dof=examples_dof,
        seeds=seeds,
        seeds_dof=seeds_dof,
        residual=sum(p.residual for p in parts),
        covariance=sum(2 * _covariance(a, b) for a, b in itertools.combinations(tables, 2)),
        grain=sum(table.grain**2 for table in tables),
    )
    estimate, half = sum(table.estimate for table in tables), noise.half_width(confidence)
    return Interval(estimate, estimate - half, estimate + half, noise)


def expected_noise(sample: Sample, *, seeds: int, clusters: int | None = None) -> Noise:
    """What would be known of the variance with other numbers of evaluation seeds and of clusters like these.

    The components of the variance (clusters, seeds, and both together) are estimated from the table and put together
    anew. A table of one seed does not tell the last two apart from the first: it is taken that no seed differs.

    clusters: None: as many as there are.
    """
    parts = _Parts.of(sample)
    rows, n = parts.rows, parts.clusters
    clusters = clusters or n
    residual = parts.residual * n * rows
    of_clusters = max(0.0, parts.examples * n - residual / rows)
    of_seeds = max(0.0, parts.seeds * rows - residual / n)
    one = seeds == 1
    return Noise(
        examples=(of_clusters + residual / seeds) / clusters,
        examples_dof=clusters - 1,
        seeds=0.0 if one else (of_seeds + residual / clusters) / seeds,
        seeds_dof=seeds - 1,
        residual=0.0 if one else residual / clusters / seeds,
        grain=(sample.grain * n / clusters) ** 2,
    )


def smallest_difference(
    difference: Sample, *, seeds: int = 5, clusters: int | None = None, power: float = 0.8
) -> float:
    """The smallest true difference that a paired comparison at `SIGNIFICANCE` shows with probability `power`.

    It is not corrected for other comparisons, and on the scale of the sample.

    difference: of two encoders, `Sample.minus`; it tells how much such differences vary. seeds, clusters: those of the
    comparison that is planned (`expected_noise`).
    """
    return expected_noise(difference, seeds=seeds, clusters=clusters).detectable(power)


def _satterthwaite(parts: Sequence[tuple[float, int]]) -> tuple[float, float]:
    """The sum of independent estimates of variance, (value, degrees of freedom) each, and its degrees of freedom."""
    total = sum(value for value, _ in parts)
    spread = sum(value**2 / dof for value, dof in parts)
    return total, total**2 / spread if spread > 0 else math.inf


def _added_up(samples: Sequence[Sample]) -> list[Sample]:
    """The samples, those of the same clusters and as many seeds as one table."""
    tables: dict[tuple[frozenset[str], int], Sample] = {}
    for sample in samples:
        key = (frozenset(sample.clusters), len(sample.values))
        tables[key] = tables[key].plus(sample) if key in tables else sample
    return list(tables.values())


@dataclass(frozen=True)
class _Parts:
    """What an (S, n) table says about the variance of its grand mean, which is `examples + seeds - residual`."""

    examples: float
    seeds: float
    residual: float
    clusters: int
    """How many may be independent (`superb_lite.metrics.clusters.independent`)."""
    rows: int

    @classmethod
    def of(cls, sample: Sample) -> _Parts:
        values, known = sample.values, membership(sample.clusters)
        rows, n = values.shape
        clusters = independent(sample.clusters)
        if clusters < 2:
            raise ValueError("an interval needs at least two clusters of test examples")
        by_cluster, by_seed = values.mean(axis=0), values.mean(axis=1)
        examples = float(by_cluster.var(ddof=1)) / n
        rest = values - by_cluster[None, :] - by_seed[:, None] + values.mean()
        deviations = by_cluster - by_cluster.mean()
        # What rounding makes of a constant would seem to have degrees of freedom.
        if _constant(by_cluster, values):
            examples, deviations = 0.0, np.zeros_like(deviations)
        if _constant(rest, values, 0.0):
            rest = np.zeros_like(rest)
        squares = float((rest**2).sum()) / n / (n - 1)
        if known is not None:
            unbiased = clusters / (clusters - 1) / n**2
            # Chance can make the products of pairs that share a member negative; they never take from the variance.
            examples = max(examples, unbiased * float(known.square(deviations)))
            squares = max(0.0, unbiased * float(known.square(rest).sum()))
        if rows == 1:
            return cls(examples, 0.0, 0.0, clusters, rows)
        residual = squares / (rows - 1) / rows
        seeds = 0.0 if _constant(by_seed, values) else float(by_seed.var(ddof=1)) / rows
        return cls(examples, seeds, residual, clusters, rows)


def _constant(means: Array, values: Array, of: float | None = None) -> bool:
    """Whether means over a table are all the same but for rounding."""
    deviations = means - (means.mean() if of is None else of)
    return bool(np.abs(deviations).max() <= ROUNDING * np.abs(values).max())


def _covariance(a: Sample, b: Sample) -> float:
    """Covariance of two sample means that comes from shared clusters, or members of clusters."""
    sums_a, sums_b = _by_member(a), _by_member(b)
    shared = sum(sums_a[name] * sums_b[name] for name in sums_a.keys() & sums_b.keys())
    return float(shared / (a.values.shape[1] * b.values.shape[1]))


def _by_member(sample: Sample) -> dict[str, float]:
    """The deviations of clusters from their mean, added up by member."""
    mean = sample.values.mean(axis=0)
    known = membership(sample.clusters)
    if known is None:
        return dict(zip(sample.clusters, (mean - mean.mean()).tolist(), strict=True))
    return dict(zip(known.names, known.sums(mean - mean.mean()).tolist(), strict=True))


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's (1979) adjusted p-values, in the order given."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted = [0.0] * len(p_values)
    running = 0.0
    for rank, i in enumerate(order):
        running = max(running, (len(p_values) - rank) * p_values[i])
        adjusted[i] = min(1.0, running)
    return adjusted


def rank_intervals(differences: dict[tuple[int, int], Interval], n: int) -> list[tuple[int, int]]:
    """For each of n entries the ranks that the comparisons leave open.

    differences: for every pair i < j the interval of score(i) - score(j). A difference counts when its Holm-adjusted
    p-value is below `SIGNIFICANCE`; an entry's best rank is one more than the number of entries that beat it.
    """
    pairs = sorted(differences)
    adjusted = holm([differences[pair].p_value() for pair in pairs])
    better, worse = [0] * n, [0] * n
    for (i, j), p in zip(pairs, adjusted, strict=True):
        if p < SIGNIFICANCE:
            winner, loser = (i, j) if differences[i, j].estimate > 0 else (j, i)
            worse[winner] += 1
            better[loser] += 1
    return [(1 + better[i], n - worse[i]) for i in range(n)]
