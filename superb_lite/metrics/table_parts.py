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
from scipy.linalg import blas

from superb_lite.metrics.clusters import independent, membership
from superb_lite.metrics.entry_tables import Index, pairs, upper_triangle
from superb_lite.metrics.statistics import ROUNDING, Array

ALIKE = 1e-6
"""Share of the entries' own squares below which that of a difference is computed from the difference itself."""

CELLS = 4_000_000
"""Cells of differences that are held at a time."""

CACHED = 60_000
"""Cells of tables at a time, so that several tables of this size stay in the processor's cache."""


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


def pair_parts(tables: Array, clusters: tuple[str, ...]) -> Parts:
    """The terms of (m, S, n) tables of the same clusters, and then those of the differences of their P pairs (m + P,).

    Raises ValueError for fewer than two clusters.
    """
    m = len(tables)
    found = _Features.of(tables, clusters).parts(_Square.with_differences)
    size = found.examples + found.seeds
    largest = 2 * float(found.size[:m].max(initial=0.0))
    if not largest or size[m:].min(initial=np.inf) > ALIKE * largest:
        return found
    first, second = pairs(m)
    own = found.size[first] + found.size[second]
    alike = np.flatnonzero((size[m:] <= ALIKE * own) & (own > 0))
    if len(alike):
        number = _numbers_of_equal(tables)
        same = number[first[alike]] == number[second[alike]]
        nothing = np.zeros(int(same.sum()))
        found.put(m + alike[same], Parts(nothing, nothing, nothing))
        for chunk in _chunks(alike[~same], tables[0].size):
            found.put(m + chunk, parts(tables[first[chunk]] - tables[second[chunk]], clusters))
    return found


class _Square(NamedTuple):
    """A multiple of a sum of squares of features, less another one."""

    factor: float
    plus: Array
    """(m, k)"""
    minus: Array | None = None
    """(m, k)"""

    def own(self) -> Array:
        """(m,)"""
        found = np.einsum("mk,mk->m", self.plus, self.plus)
        if self.minus is not None:
            found -= np.einsum("mk,mk->m", self.minus, self.minus)
        found *= self.factor
        return np.asarray(found)

    def with_differences(self) -> Array:
        """(m + P,)"""
        # Only one triangle is computed, that of the pairs.
        products = blas.dsyrk(-2 * self.factor, self.plus.T, trans=1, lower=1)
        if self.minus is not None:
            products = blas.dsyrk(2 * self.factor, self.minus.T, 1.0, products, trans=1, lower=1, overwrite_c=1)
        products = products.T
        m = len(products)
        own = -0.5 * products.diagonal()
        products += own[:, None]
        products += own
        found = np.empty(m * (m + 1) // 2)
        found[:m] = own
        products.take(upper_triangle(m), out=found[m:], mode="wrap")  # "raise" would copy
        return found


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
        deviations, of_seeds, rest = np.empty((m, n)), np.empty((m, rows)), np.empty((m, rows - 1, n))
        contrasts = _contrasts(rows)
        for start in range(0, m, size := max(1, CACHED // max(1, rows * n))):
            part = slice(start, start + size)
            some = tables[part]
            noise = ROUNDING * _largest(some)
            by_cluster, by_seed = some.mean(axis=1), some.mean(axis=2)
            deviations[part] = _without_rounding(by_cluster - by_cluster.mean(axis=1, keepdims=True), noise)
            of_seeds[part] = _without_rounding(by_seed - by_seed.mean(axis=1, keepdims=True), noise)
            # What is left of a table without the means of its rows and columns, in rows - 1 orthogonal contrasts.
            left = np.matmul(contrasts, some, out=rest[part])
            left -= left.mean(axis=2, keepdims=True)
            _without_rounding(left, noise)
        unbiased = number / (number - 1) / n**2
        by_member, surplus = None, np.zeros(n)
        if known is not None:
            surplus = np.sqrt(known.surplus)
            by_member = _Square(unbiased, known.sums(deviations), surplus * deviations)
        examples = _Square(1 / (n * (n - 1)), deviations)
        if rows == 1:
            return cls(examples, by_member, None, None)
        of_rows = 1 / ((rows - 1) * rows)
        seeds = _Square(of_rows, of_seeds)
        if known is None:
            return cls(examples, None, seeds, _Square(of_rows / (n * (n - 1)), rest.reshape(m, -1)))
        residual = known.sums(rest).reshape(m, -1), (surplus * rest).reshape(m, -1)
        return cls(examples, by_member, seeds, _Square(of_rows * unbiased, *residual))

    def parts(self, square: Callable[[_Square], Array]) -> Parts:
        examples = square(self.examples)
        np.maximum(examples, 0.0, out=examples)
        if self.by_member is not None:
            # Chance can make the products of pairs that share a member negative; they never take from the variance.
            examples = np.maximum(examples, square(self.by_member))
        if self.seeds is None or self.residual is None:
            return Parts(examples, np.zeros_like(examples), np.zeros_like(examples))
        seeds, residual = square(self.seeds), square(self.residual)
        return Parts(examples, np.maximum(seeds, 0.0, out=seeds), np.maximum(residual, 0.0, out=residual))


def _contrasts(rows: int) -> Array:
    """(rows - 1, rows) Orthonormal, and orthogonal to what all rows have in common (Helmert's)."""
    found = np.tril(np.ones((rows - 1, rows)))
    found[np.arange(rows - 1), np.arange(1, rows)] = -np.arange(1.0, rows)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))


def _largest(tables: Array) -> Array:
    """(m, ...) -> (m,) The largest absolute value."""
    axes = tuple(range(1, tables.ndim))
    return np.asarray(np.maximum(tables.max(axis=axes, initial=0.0), -tables.min(axis=axes, initial=0.0)))


def _without_rounding(deviations: Array, noise: Array) -> Array:
    """(m, ...) deviations, those of a table zero where all of them are within `noise`."""
    deviations[_largest(deviations) <= noise] = 0.0
    return deviations


def _numbers_of_equal(tables: Array) -> Index:
    """(m,) A number for each table, the same for equal ones."""
    seen: dict[bytes, int] = {}
    hashes = (hashlib.sha256(table.tobytes()).digest() for table in tables)
    return np.array([seen.setdefault(each, len(seen)) for each in hashes], dtype=np.int64)


def _chunks(index: Index, cells: int) -> Iterator[Index]:
    size = max(1, CELLS // cells)
    return (index[start : start + size] for start in range(0, len(index), size))
