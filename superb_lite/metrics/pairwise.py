"""Paired comparisons of many entries, on many lists of columns at once.

A list is a weighted sum of columns, such as the mean of a modality. For each, every entry that has all of its columns
gets its interval (`mean_interval`), and every two of them are compared by their paired difference, with Holm's
correction over the pairs of the list (`holm`): what `superb_lite.metrics.statistics` says one by one. Here columns with
the same clusters are read once, and all pairs are made of matrix products, so that a column of N entries, S seeds and n
clusters takes about N^2 S n multiplications, and what is held are a few numbers for each pair.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from superb_lite.metrics.clusters import independent
from superb_lite.metrics.entry_tables import Index, Table, drawn_pairs, position, positions, upper_triangle
from superb_lite.metrics.noises import expected_noises
from superb_lite.metrics.shared_clusters import Held, families
from superb_lite.metrics.statistics import Array, Sample
from superb_lite.metrics.stepdown import rejected
from superb_lite.metrics.terms import Terms, terms

C = TypeVar("C", bound=Hashable)
L = TypeVar("L", bound=Hashable)


@dataclass(frozen=True)
class Column:
    """One column, with the tables of the entries that have it."""

    entries: Index
    """The numbers of these entries, ascending."""
    clusters: tuple[str, ...]
    samples: Callable[[], Iterable[Sample]] = field(repr=False)
    """Reads the sample of each of them, in the same order; clusters may stand in any order."""


@dataclass(frozen=True)
class Compared:
    """What a list says of the m entries that have all of its columns."""

    entries: Index
    """Their numbers, ascending."""
    estimates: Array
    """(m,)"""
    lo: Array
    """(m,) The lower end of the 95% interval."""
    hi: Array
    """(m,)"""
    beats: NDArray[np.bool_]
    """(m, m) Whether the first is significantly better than the second."""
    smallest: float | None
    """Of a list of one column, the median over pairs of the smallest true difference that `SEEDS` evaluation seeds
    show with 80% power; of many pairs, over some (`drawn_pairs`). Else None, and where nobody has the column."""

    terms: Terms | None = field(default=None, repr=False)

    def differences(self, first: Index, second: Index) -> tuple[Array, Array]:
        """(k,) The paired differences of some entries, `first` minus `second`, and the half-widths of their intervals.

        first, second: places in `entries`; no entry is paired with itself.
        """
        if self.terms is None:
            raise ValueError("nothing is kept of the differences")
        index = position(np.minimum(first, second), np.maximum(first, second), len(self.entries))
        sign = np.where(first < second, 1.0, -1.0)
        return sign * self.terms.estimate[index], self.terms.noises(index).half_widths()

    @property
    def ranks(self) -> list[tuple[int, int]]:
        """The best and the worst rank of each that the comparisons leave open, as `rank_intervals`."""
        best = 1 + self.beats.sum(axis=0)
        worst = len(self.entries) - self.beats.sum(axis=1)
        return list(zip(best.tolist(), worst.tolist(), strict=True))

    @property
    def groups(self) -> list[int]:
        """The rank group of each, 1 for the best.

        By descending estimate, the first entry leads group 1, and all that follow belong to it until one that the
        leader beats; that one leads the next group, and so on. So no entry is significantly worse than the leader of
        its group, and each leader is significantly better than the next: the data tell at least so many levels apart.
        Two entries of different groups need not differ significantly.
        """
        found = [0] * len(self.entries)
        leader, group = -1, 0
        for each in np.argsort(-self.estimates, kind="stable").tolist():
            if leader < 0 or self.beats[leader, each]:
                leader, group = each, group + 1
            found[each] = group
        return found


def compare(columns: Mapping[C, Column], lists: Mapping[L, Mapping[C, float]]) -> Iterator[tuple[L, Compared]]:
    """Compare entries by weighted sums of columns; yields each list as soon as its columns were read.

    Lists that share no column take least memory where the columns of each follow each other.

    Raises ValueError for a column with fewer than two clusters, or with samples of other clusters.
    """
    alike: dict[tuple[tuple[C, float], ...], list[L]] = {}
    for name, weights in lists.items():
        alike.setdefault(tuple(weights.items()), []).append(name)
    open_ = {weights: _Total.of(dict(weights), columns) for weights in alike}
    read: set[C] = set()
    held: dict[C, Held] = {}
    for family, names in families({key: column.clusters for key, column in columns.items()}):
        clusters = columns[family[0]].clusters
        tables = {key: Table.of(columns[key].samples(), len(columns[key].entries), clusters) for key in family}
        new = {key: Held.of(columns[key].entries, tables[key], names) for key in family if names}
        made: dict[tuple[tuple[C, ...], tuple[float, ...]], Terms] = {}
        for total in open_.values():
            keys = tuple(key for key in family if key in total.weights)
            if keys and len(total.entries):
                entries = _common([columns[key].entries for key in keys])
                scale = total.weights[keys[0]]
                ratios = tuple(total.weights[key] / scale for key in keys)
                if (keys, ratios) not in made:
                    chosen = [tables[key].take(np.searchsorted(columns[key].entries, entries)) for key in keys]
                    made[keys, ratios] = terms(chosen, ratios)
                total.add(made[keys, ratios], scale, entries)
                if len(total.weights) == 1:
                    total.rows = tables[keys[0]].rows
        del tables, made
        _add_covariances(new, held, open_.values())
        held |= new
        read |= set(family)
        for done in [weights for weights, total in open_.items() if total.weights.keys() <= read]:
            compared = open_.pop(done).compared()
            yield from ((name, compared) for name in alike[done])


@dataclass
class _Total(Generic[C]):
    """A list whose columns are being added up."""

    weights: Mapping[C, float]
    entries: Index
    """Those that have all columns."""
    clusters: int
    """How many of the first column may be independent."""
    rows: Index | None = None
    """Of a list of one column, the numbers of seeds."""

    @functools.cached_property
    def sum(self) -> Terms:
        """Of the columns that were read."""
        return Terms.zeros(len(self.entries))

    @classmethod
    def of(cls, weights: Mapping[C, float], columns: Mapping[C, Column]) -> Self:
        first = columns[next(iter(weights))]
        return cls(weights, _common([columns[key].entries for key in weights]), independent(first.clusters))

    def add(self, other: Terms, weight: float, entries: Index) -> None:
        """Add the terms of entries among which are those of the list."""
        if len(self.weights) == 1 and weight == 1 and len(entries) == len(self.entries):
            self.sum = other
        else:
            self.sum.add(other, weight, self._among(entries))

    def add_constant(self, constant: Array, weight: float, entries: Index) -> None:
        """Add covariances, too."""
        self.sum.constant[...] += weight * constant[self._among(entries)]

    def _among(self, entries: Index) -> Index | slice:
        same = len(entries) == len(self.entries)
        return slice(None) if same else positions(np.searchsorted(entries, self.entries), len(entries))

    def compared(self) -> Compared:
        m = len(self.entries)
        found = self.sum
        estimates = found.estimate[:m]
        half = found.noises(slice(m)).half_widths()
        different = rejected(found.noises(slice(m, None)), found.estimate[m:])
        better, worse = np.zeros((2, m * m), dtype=bool)
        better[upper_triangle(m)] = different & (found.estimate[m:] > 0)
        worse[upper_triangle(m)] = different & (found.estimate[m:] < 0)
        beats = better.reshape(m, m) | worse.reshape(m, m).T
        smallest = None if self.rows is None or m == 0 else _smallest(found, self.rows, self.clusters)
        return Compared(self.entries, estimates, estimates - half, estimates + half, beats, smallest, found)


def _common(entries: Sequence[Index]) -> Index:
    """The numbers that stand in all, ascending."""
    return functools.reduce(lambda a, b: np.intersect1d(a, b, assume_unique=True), entries)


def _add_covariances(new: Mapping[C, Held], earlier: Mapping[C, Held], lists: Iterable[_Total[C]]) -> None:
    """Add the covariances of columns that share some clusters."""
    for (one, mine), (other, theirs) in itertools.product(new.items(), earlier.items()):
        entries = _common([mine.entries, theirs.entries])
        found: Array | None = None
        for total in lists:
            if one in total.weights and other in total.weights and len(total.entries):
                if found is None:
                    found = 2 * mine.covariance(theirs, entries)
                total.add_constant(found, total.weights[one] * total.weights[other], entries)


def _smallest(terms: Terms, rows: Index, independent: int) -> float:
    """The median smallest difference over the pairs of a list of one column."""
    m = len(rows)
    if m == 1:  # the difference from one that varies as much and has nothing in common with it
        index, factor = np.array([0]), 2.0
    else:
        first, second = drawn_pairs(m)
        index, rows, factor = position(first, second, m), np.minimum(rows[first], rows[second]), 1.0
    noises = expected_noises(
        examples=factor * terms.examples[index],
        seeds=factor * terms.seeds[index],
        residual=factor * terms.residual[index],
        grain=factor * terms.constant[index],
        rows=rows,
        clusters=independent,
    )
    return float(np.median(noises.detectable()))
