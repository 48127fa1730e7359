"""What the tables of many entries, and of all differences of two of them, say about the variance of their means.

The terms of a variance are squares of linear functions of the table (its features), so that with q_i the square for
entry i, and G the products of all two entries' features (a matrix product), the square for i minus j is
q_i + q_j - 2 G_ij. Of two tables that are nearly alike that is a difference of nearly equal numbers: these are
subtracted first. `superb_lite.metrics.statistics._Parts` is the definition.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import NamedTuple, Self

import numpy as np

from superb_lite.metrics.clusters import independent, membership
from superb_lite.metrics.entry_tables import Index
from superb_lite.metrics.statistics import ROUNDING, Array

ALIKE = 1e-6
"""Share of the entries' own squares below which that of a difference is computed from the difference itself."""

CELLS = 4_000_000
"""Cells of differences that are held at a time."""


@dataclass(frozen=True)
class Parts:
    """(m,) arrays of the terms of variances; what they mean is said by `Noise`."""

    examples: Array
    seeds: Array
    residual: Array

    @property
    def size(self) -> Array:
        """Their sum."""
        return self.examples + self.seeds + self.residual

    def put(self, index: Index, other: Parts) -> None:
        """Replace some of them."""
        for field in fields(self):
            getattr(self, field.name)[index] = getattr(other, field.name)


def parts(tables: Array, clusters: tuple[str, ...]) -> Parts:
    """(m, S, n) tables of the same clusters -> the terms of the variances of their means.

    Raises ValueError for fewer than two clusters.
    """
    return _Features.of(tables, clusters).parts(_Square.own)


def pair_parts(tables: Array, clusters: tuple[str, ...], first: Index, second: Index) -> tuple[Parts, Parts]:
    """The terms of (m, S, n) tables of the same clusters, and of P differences of two of them.

    first, second: (P,) The numbers of the tables; the second is subtracted.

    Raises ValueError for fewer than two clusters.
    """
    features = _Features.of(tables, clusters)
    alone = features.parts(_Square.own)
    if not len(first):
        return alone, Parts(np.zeros(0), np.zeros(0), np.zeros(0))
    found = features.parts(lambda square: square.of_differences(first, second))
    del features
    own = alone.size[first] + alone.size[second]
    alike = np.flatnonzero((found.examples + found.seeds <= ALIKE * own) & (own > 0))
    if len(alike):
        number = _numbers_of_equal(tables)
        same = number[first[alike]] == number[second[alike]]
        nothing = np.zeros(int(same.sum()))
        found.put(alike[same], Parts(nothing, nothing, nothing))
        for chunk in _chunks(alike[~same], tables[0].size):
            found.put(chunk, parts(tables[first[chunk]] - tables[second[chunk]], clusters))
    return alone, found


class _Square(NamedTuple):
    """A sum of squares of features, less another one."""

    plus: Array
    """(m, k)"""
    minus: Array | None = None
    """(m, k)"""

    def own(self) -> Array:
        """(m,)"""
        found = np.einsum("mk,mk->m", self.plus, self.plus)
        return np.asarray(found if self.minus is None else found - np.einsum("mk,mk->m", self.minus, self.minus))

    def of_differences(self, first: Index, second: Index) -> Array:
        """(P,)"""
        products = self.plus @ self.plus.T
        if self.minus is not None:
            products -= self.minus @ self.minus.T
        own = products.diagonal().copy()
        products *= -2
        products += own[:, None]
        products += own
        return np.asarray(products.take(first * len(own) + second))


@dataclass(frozen=True)
class _Features:
    """The features of m tables, term by term."""

    examples: _Square
    by_member: _Square | None
    """Where clusters have several members: the larger of the two is the term of the examples."""
    seeds: _Square | None
    """None with one seed, of whose noise nothing is known."""
    residual: _Square | None

    @classmethod
    def of(cls, tables: Array, clusters: tuple[str, ...]) -> Self:
        """Raises ValueError for fewer than two clusters."""
        m, rows, n = tables.shape
        known, number = membership(clusters), independent(clusters)
        if number < 2:
            raise ValueError("an interval needs at least two clusters of test examples")
        noise = ROUNDING * np.abs(tables).max(axis=(1, 2), initial=0.0)
        by_cluster, by_seed = tables.mean(axis=1), tables.mean(axis=2)
        deviations = _without_rounding(by_cluster - by_cluster.mean(axis=1, keepdims=True), noise)
        examples = _Square(deviations / np.sqrt(n * (n - 1)))
        unbiased = np.sqrt(number / (number - 1)) / n
        by_member = None
        if known is not None:
            surplus = np.sqrt(known.surplus)
            by_member = _Square(unbiased * known.sums(deviations), unbiased * surplus * deviations)
        if rows == 1:
            return cls(examples, by_member, None, None)
        of_seeds = _without_rounding(by_seed - by_seed.mean(axis=1, keepdims=True), noise)
        rest = tables - by_cluster[:, None, :]
        rest -= of_seeds[:, :, None]
        rest = _without_rounding(rest, noise)
        scale = 1 / np.sqrt((rows - 1) * rows)
        seeds = _Square(scale * of_seeds)
        if known is None:
            rest *= scale / np.sqrt(n * (n - 1))
            return cls(examples, None, seeds, _Square(rest.reshape(m, -1)))
        rest *= scale * unbiased
        residual = _Square(known.sums(rest).reshape(m, -1), (surplus * rest).reshape(m, -1))
        return cls(examples, by_member, seeds, residual)

    def parts(self, square: Callable[[_Square], Array]) -> Parts:
        examples = np.maximum(0.0, square(self.examples))
        if self.by_member is not None:
            # Chance can make the products of pairs that share a member negative; they never take from the variance.
            examples = np.maximum(examples, square(self.by_member))
        if self.seeds is None or self.residual is None:
            return Parts(examples, np.zeros_like(examples), np.zeros_like(examples))
        return Parts(examples, np.maximum(0.0, square(self.seeds)), np.maximum(0.0, square(self.residual)))


def _without_rounding(deviations: Array, noise: Array) -> Array:
    """(m, ...) deviations, those of a table zero where all of them are within `noise`."""
    most = np.abs(deviations).max(axis=tuple(range(1, deviations.ndim)), initial=0.0)
    deviations[most <= noise] = 0.0
    return deviations


def _numbers_of_equal(tables: Array) -> Index:
    """(m,) A number for each table, the same for equal ones."""
    seen: dict[bytes, int] = {}
    hashes = (hashlib.sha256(table.tobytes()).digest() for table in tables)
    return np.array([seen.setdefault(each, len(seen)) for each in hashes], dtype=np.int64)


def _chunks(index: Index, cells: int) -> Iterator[Index]:
    size = max(1, CELLS // cells)
    return (index[start : start + size] for start in range(0, len(index), size))
