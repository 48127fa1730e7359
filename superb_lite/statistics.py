"""Intervals and comparisons from both sources of noise: the test examples and the evaluation seeds.

Everything starts from a `Sample`: an (S, n) table with one row per evaluation seed and one column per cluster of test
examples. For a plain accuracy an entry is the share of correct examples in the cluster; for metrics that are not means
it is a jackknife pseudo-value (Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 11).

The table is a two-way layout with random effects of examples and of seeds (Searle, Casella & McCulloch 1992, Variance
Components, chapter 4). The variance of its grand mean is estimated without bias by

    var(seed means of clusters) / n  +  (var(means of seeds) - residual mean square / n) / S

with the second term clipped at zero, and intervals use t with Satterthwaite's (1946) degrees of freedom.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """An estimate with its two-sided confidence interval, on whatever scale the values had."""

    estimate: float
    lo: float
    hi: float
    variance: float
    dof: float

    def p_value(self, null: float = 0.0) -> float:
        """Two-sided p-value of the t test against `null`."""
        if self.variance <= 0:
            return 1.0 if self.estimate == null else 0.0
        return float(2 * stats.t.sf(abs(self.estimate - null) / math.sqrt(self.variance), self.dof))


@dataclass(frozen=True)
class Sample:
    """estimate: the score itself. values: (S, n). clusters: n ids; samples that share an id share test data."""

    estimate: float
    values: Array
    clusters: tuple[str, ...]

    def scaled(self, factor: float, offset: float = 0.0) -> Sample:
        """factor * sample + offset."""
        return Sample(factor * self.estimate + offset, factor * self.values + offset, self.clusters)

    def minus(self, other: Sample) -> Sample:
        """The paired difference: same test clusters and same evaluation seeds, cell by cell.

        Raises ValueError when the two were not measured on the same clusters.
        """
        values = other.values
        if self.clusters != other.clusters:
            if set(self.clusters) != set(other.clusters):
                raise ValueError("the two samples were measured on different test data")
            column = {cluster: j for j, cluster in enumerate(other.clusters)}
            values = values[:, [column[cluster] for cluster in self.clusters]]
        seeds = min(len(self.values), len(values))
        difference = self.values[:seeds] - values[:seeds]
        return Sample(self.estimate - other.estimate, difference, self.clusters)


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
    variance, dof = _variance(sample.values)
    return _interval(sample.estimate, variance, dof, confidence)


def mean_interval(samples: Sequence[Sample], weights: Sequence[float], confidence: float = 0.95) -> Interval:
    """Interval of a weighted sum of samples (weights 1/K give the mean of K tasks).

    Tasks that share test clusters add their covariance. Label subsets are drawn independently for each task, so seeds
    add none.
    """
    parts = [_variance(sample.values) for sample in samples]
    variance = sum(w * w * v for w, (v, _) in zip(weights, parts, strict=True))
    spread = sum((w * w * v) ** 2 / d for w, (v, d) in zip(weights, parts, strict=True))
    # Covariances are kept out of the degrees of freedom: they make the variance larger, not better known.
    dof = variance**2 / spread if spread > 0 else math.inf
    for i, a in enumerate(samples):
        for j in range(i):
            variance += 2 * weights[i] * weights[j] * _covariance(a, samples[j])
    estimate = sum(w * s.estimate for w, s in zip(weights, samples, strict=True))
    return _interval(estimate, max(variance, 0.0), dof, confidence)


def _interval(estimate: float, variance: float, dof: float, confidence: float) -> Interval:
    half = float(stats.t.ppf(0.5 + confidence / 2, dof)) * math.sqrt(variance) if variance > 0 else 0.0
    return Interval(estimate, estimate - half, estimate + half, variance, dof)


def _variance(values: Array) -> tuple[float, float]:
    """Variance of the grand mean of an (S, n) table, and its degrees of freedom."""
    seeds, n = values.shape
    if n < 2:
        raise ValueError("an interval needs at least two clusters of test examples")
    by_cluster, by_seed = values.mean(axis=0), values.mean(axis=1)
    examples = float(by_cluster.var(ddof=1)) / n
    if seeds == 1:
        return examples, n - 1
    residual = values - by_cluster[None, :] - by_seed[:, None] + values.mean()
    residual_mean_square = float((residual**2).sum()) / ((seeds - 1) * (n - 1))
    between_seeds = float(by_seed.var(ddof=1)) / seeds
    noise = residual_mean_square / (n * seeds)
    if between_seeds <= noise:
        return examples, n - 1
    variance = examples + between_seeds - noise
    spread = examples**2 / (n - 1) + between_seeds**2 / (seeds - 1) + noise**2 / ((seeds - 1) * (n - 1))
    return variance, variance**2 / spread if spread > 0 else math.inf


def _covariance(a: Sample, b: Sample) -> float:
    """Covariance of two sample means that comes from shared clusters."""
    if set(a.clusters).isdisjoint(b.clusters):
        return 0.0
    shared = sorted(set(a.clusters) & set(b.clusters))
    column_a = {cluster: j for j, cluster in enumerate(a.clusters)}
    column_b = {cluster: j for j, cluster in enumerate(b.clusters)}
    mean_a, mean_b = a.values.mean(axis=0), b.values.mean(axis=0)
    deviation_a = mean_a[[column_a[c] for c in shared]] - mean_a.mean()
    deviation_b = mean_b[[column_b[c] for c in shared]] - mean_b.mean()
    return float(deviation_a @ deviation_b) / (len(mean_a) * len(mean_b))


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's (1979) adjusted p-values, in the order given."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted = [0.0] * len(p_values)
    running = 0.0
    for rank, i in enumerate(order):
        running = max(running, (len(p_values) - rank) * p_values[i])
        adjusted[i] = min(1.0, running)
    return adjusted


def rank_intervals(differences: dict[tuple[int, int], Interval], n: int, alpha: float = 0.05) -> list[tuple[int, int]]:
    """For each of n entries the ranks that the comparisons leave open.

    differences: for every pair i < j the interval of score(i) - score(j). A difference counts when its Holm-adjusted
    p-value is below alpha; an entry's best rank is one more than the number of entries that beat it.
    """
    pairs = sorted(differences)
    adjusted = holm([differences[pair].p_value() for pair in pairs])
    better, worse = [0] * n, [0] * n
    for (i, j), p in zip(pairs, adjusted, strict=True):
        if p < alpha:
            winner, loser = (i, j) if differences[i, j].estimate > 0 else (j, i)
            worse[winner] += 1
            better[loser] += 1
    return [(1 + better[i], n - worse[i]) for i in range(n)]
