"""Which observations depend on each other, where one may belong to several clusters.

A pair of voices depends on every pair that has one of its two voices. The variance of a sum over such pairs is the sum
of the products of all two deviations that share a member, which is what clustering in several ways makes of them
(Cameron, Gelbach & Miller 2011, JBES 29:238-249, equation 2.7; Aronow, Samii & Assenova 2015, Political Analysis
23:564-577, for pairs of one kind). With one member each it is the variance of independent clusters.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superb_lite.tasks.labels import MEMBERS, members_of

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Membership:
    """The members of n cells, each a set of clusters and no set twice."""

    names: tuple[str, ...]
    """Of the G members."""
    member: NDArray[np.int64]
    """(k,) The number of a member, for each of the k pairs of a cell and one of its members."""
    cell: NDArray[np.int64]
    """(k,) The number of its cell."""
    surplus: Array
    """(n,) How many members a cell has, minus one."""

    def sums(self, deviations: Array) -> Array:
        """(..., n) deviations of cells -> (..., G) their sums by member."""
        found = np.zeros((len(self.names), *deviations.shape[:-1]))
        np.add.at(found, self.member, np.moveaxis(deviations, -1, 0)[self.cell])
        return np.moveaxis(found, 0, -1)

    def square(self, deviations: Array) -> Array:
        """(..., n) deviations -> (...) the sum of the products of any two that share a member, and of the squares.

        What two cells share twice counts twice; cells of two members never do.
        """
        own = self.surplus * deviations**2
        found: Array = (self.sums(deviations) ** 2).sum(axis=-1) - own.sum(axis=-1)
        return found


@functools.lru_cache(maxsize=256)
def membership(clusters: tuple[str, ...]) -> Membership | None:
    """The members of clusters; None where every cluster has one, so that they are independent."""
    if not any(MEMBERS in cluster for cluster in clusters):
        return None
    members = [members_of(cluster) for cluster in clusters]
    number = {name: i for i, name in enumerate(dict.fromkeys(name for names in members for name in names))}
    pairs = [(number[name], cell) for cell, names in enumerate(members) for name in names]
    member, cell = np.array(pairs, dtype=np.int64).T
    return Membership(tuple(number), member, cell, np.array([len(names) - 1.0 for names in members]))


def independent(clusters: tuple[str, ...]) -> int:
    """How many observations may be independent of each other: clusters, or their members where these are fewer."""
    known = membership(clusters)
    return len(clusters) if known is None else min(len(clusters), len(known.names))
