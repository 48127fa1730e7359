"""The samples of many entries on one column, and how entries and their pairs are numbered."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from superb_lite.metrics.clusters import membership
from superb_lite.metrics.statistics import Array, Sample

Index = NDArray[np.int64]

DRAWN = 200
"""Of more pairs than that, so many are drawn where any pairs will do."""


@functools.lru_cache(maxsize=2)
def pairs(n: int) -> tuple[Index, Index]:
    """The two numbers of each of the n (n - 1) / 2 pairs, as `itertools.combinations` has them."""
    first, second = (each.astype(np.int64, copy=False) for each in np.triu_indices(n, 1))
    first.flags.writeable = second.flags.writeable = False  # the same arrays for whoever asks
    return first, second


@functools.lru_cache(maxsize=2)
def upper_triangle(n: int) -> Index:
    """Where the pairs stand in a flat (n, n) matrix."""
    first, second = pairs(n)
    found = first * n + second
    found.flags.writeable = False
    return found


def position(first: Index, second: Index, m: int) -> Index:
    """Where pairs of m entries, the smaller number first, stand among all entries and their pairs."""
    return np.asarray(m + first * m - first * (first + 1) // 2 + second - first - 1)


def positions(entries: Index, m: int) -> Index:
    """Where some of m entries, in ascending order, and their pairs stand among all entries and pairs."""
    first, second = pairs(len(entries))
    return np.concatenate([entries, position(entries[first], entries[second], m)])


def drawn_pairs(n: int) -> tuple[Index, Index]:
    """All pairs of n, or where these are more than `DRAWN`, so many of them, always the same ones."""
    first, second = pairs(n)
    if len(first) > DRAWN:
        chosen = np.sort(np.random.default_rng(0).choice(len(first), DRAWN, replace=False))
        first, second = first[chosen], second[chosen]
    return first, second


@dataclass(frozen=True)
class Table:
    """The samples of m entries on one column, with cells in the same order."""

    estimates: Array
    """(m,)"""
    grain: Array
    """(m,)"""
    rows: Index
    """(m,) How many evaluation seeds each has."""
    values: Array
    """(m, S, n), zero beyond an entry's own seeds."""
    clusters: tuple[str, ...]

    @classmethod
    def of(cls, samples: Iterable[Sample], m: int, clusters: tuple[str, ...]) -> Self:
        """The samples of m entries. Raises ValueError for one that was measured on other clusters."""
        estimates, grain, rows = np.zeros(m), np.zeros(m), np.zeros(m, dtype=np.int64)
        values = np.zeros((m, 0, len(clusters)))
        for number, sample in enumerate(samples):
            rows[number] = len(sample.values)
            if rows[number] > values.shape[1]:
                wider = np.zeros((m, rows[number], len(clusters)))
                wider[:number, : values.shape[1]] = values[:number]
                values = wider
            values[number, : rows[number]] = _ordered(sample, clusters)
            estimates[number], grain[number] = sample.estimate, sample.grain
        return cls(estimates, grain, rows, values, clusters)

    def take(self, entries: Index) -> Table:
        """Those of some entries; itself where these are all."""
        if len(entries) == len(self.rows):
            return self
        values = self.values[entries]
        return Table(self.estimates[entries], self.grain[entries], self.rows[entries], values, self.clusters)

    def means(self, rows: int) -> Array:
        """(m,) The estimates of the first seeds alone."""
        whole = self.values.sum(axis=(1, 2)) / self.rows / self.values.shape[2]
        shifted = self.estimates + self.values[:, :rows].mean(axis=(1, 2)) - whole
        return np.where(self.rows == rows, self.estimates, shifted)

    def by_member(self, rows: int) -> dict[str, Array]:
        """By member of a cluster, (m,) its sum of the deviations of clusters under the first seeds, over n."""
        mean = self.values[:, :rows].mean(axis=1)
        deviations = (mean - mean.mean(axis=1, keepdims=True)) / mean.shape[1]
        known = membership(self.clusters)
        if known is None:
            return dict(zip(self.clusters, deviations.T, strict=True))
        return dict(zip(known.names, known.sums(deviations).T, strict=True))


def by_seeds(rows: Sequence[Index]) -> Iterator[tuple[tuple[int, ...], Index, Index | slice, Index | slice]]:
    """The entries and pairs by the numbers of seeds that they are compared on, of each column.

    rows: of each column (m,), how many seeds every entry has; of a pair the smaller number counts.

    Yields those numbers, the entries that have as many or more, and which of these entries and of their pairs are
    meant: their numbers among these, and among all m entries and their pairs.
    """
    table = np.stack(rows, axis=1)
    m = len(table)
    if (table == table[:1]).all():
        if m:
            yield tuple(table[0].tolist()), np.arange(m), slice(None), slice(None)
        return
    kinds, kind = np.unique(table, axis=0, return_inverse=True)
    smaller = np.minimum(kinds[:, None], kinds[None, :])
    compared, number = np.unique(smaller.reshape(-1, len(rows)), axis=0, return_inverse=True)
    number = number.reshape(len(kinds), len(kinds))
    first, second = pairs(m)
    kind = kind.reshape(-1)
    of_tests = np.concatenate([number[kind, kind], number[kind[first], kind[second]]])
    for each, seeds in enumerate(compared):
        entries = np.flatnonzero((table >= seeds).all(axis=1))
        of_all = positions(entries, m)
        of_group = np.flatnonzero(of_tests[of_all] == each)
        if len(of_group):
            yield tuple(seeds.tolist()), entries, of_group, of_all[of_group]


def _ordered(sample: Sample, clusters: tuple[str, ...]) -> Array:
    """The values of a sample with its clusters in a given order."""
    if sample.clusters is clusters or sample.clusters == clusters:
        return sample.values
    column = {cluster: j for j, cluster in enumerate(sample.clusters)}
    if column.keys() != set(clusters):
        raise ValueError("the two samples were measured on different test data")
    return sample.values[:, [column[cluster] for cluster in clusters]]
