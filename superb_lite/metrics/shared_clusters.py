"""Covariances of columns that share some clusters, or members of clusters, for all entries and their pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np

from superb_lite.metrics.clusters import membership
from superb_lite.metrics.entry_tables import Index, Table, by_seeds, pairs
from superb_lite.metrics.statistics import Array

C = TypeVar("C", bound=Hashable)

Sums = Mapping[str, Array]
"""By member, the (m,) sums of `Table.by_member`."""


def covariance(a: Sums, b: Sums) -> Array:
    """(m + P,) The covariances of two tables of m entries, and of their differences, from members that both have."""
    names = [name for name in a if name in b]
    m = len(next(iter(a.values())))
    if not names:
        return np.zeros(m * (m + 1) // 2)
    products = np.stack([a[name] for name in names], axis=1) @ np.stack([b[name] for name in names], axis=0)
    first, second = pairs(m)
    own = products.diagonal()
    return np.concatenate([own, own[first] + own[second] - products[first, second] - products[second, first]])


@dataclass(frozen=True)
class Held:
    """What is kept of a column that shares clusters with other ones, once its tables are gone."""

    entries: Index
    rows: Index
    sums: Mapping[int, Sums]
    """By the number of seeds that entries are compared on."""

    @classmethod
    def of(cls, entries: Index, table: Table, names: Set[str]) -> Self:
        """Keep the sums of some members."""
        sums = {}
        for rows in np.unique(table.rows).tolist():
            by_member = table.by_member(rows)
            sums[rows] = {name: by_member[name] for name in by_member.keys() & names}
        return cls(entries, table.rows, sums)

    def covariance(self, other: Held, entries: Index) -> Array:
        """(m + P,) The covariances with another column, of m entries that have both, and of their differences."""
        mine, theirs = (np.searchsorted(each.entries, entries) for each in (self, other))
        found = np.zeros(len(entries) * (len(entries) + 1) // 2)
        for (s, t), chosen, of_group, of_all in by_seeds([self.rows[mine], other.rows[theirs]]):
            a = {name: sums[mine[chosen]] for name, sums in self.sums[s].items()}
            b = {name: sums[theirs[chosen]] for name, sums in other.sums[t].items()}
            found[of_all] = covariance(a, b)[of_group]
        return found


def families(clusters: Mapping[C, tuple[str, ...]]) -> Iterator[tuple[tuple[C, ...], frozenset[str]]]:
    """The columns of the same clusters, and which members of these other families have too.

    clusters: of each column, in any order.
    """
    of_family: dict[frozenset[str], list[C]] = {}
    for key, names in clusters.items():
        of_family.setdefault(frozenset(names), []).append(key)
    members = [_members(clusters[keys[0]]) for keys in of_family.values()]
    counts = Counter(name for names in members for name in names)
    for keys, mine in zip(of_family.values(), members, strict=True):
        yield tuple(keys), frozenset(name for name in mine if counts[name] > 1)


def _members(clusters: Sequence[str]) -> frozenset[str]:
    known = membership(tuple(clusters))
    return frozenset(clusters if known is None else known.names)
