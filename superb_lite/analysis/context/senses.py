"""Occurrences of one word and their senses: cosines, means within and between senses, a test, and the nearest sense.

Everything follows from the cosines alone, so that they are all that has to be kept of an encoder. A mean of cosines
over several pretraining seeds has the mean of their differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from superb_lite.analysis.estimate import permutation_test

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

TIE = 1e-6
"""Cosines nearer than this are equal; features are kept with eleven bits."""


class Means(NamedTuple):
    """Mean cosines of pairs of occurrences."""

    within: float
    """Of the same sense."""

    between: float
    """Of two senses."""

    @property
    def gap(self) -> float:
        """How much nearer occurrences of one sense are to each other than to those of another."""
        return self.within - self.between


def cosines(vectors: Array) -> Array:
    """(n, n) cosines of (n, D) vectors. A vector of zeros has a cosine of 0 with all, itself included."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(length > 0, length, 1)
    found: Array = np.clip(unit @ unit.T, -1, 1)
    return found


def sense_means(similarity: Array, senses: Sequence[str], groups: Sequence[str] | None = None) -> Means:
    """Over all pairs of two occurrences that are not of one group (an empty group is none). similarity: (n, n).

    Raises ValueError unless there are pairs of both kinds.
    """
    return _means(similarity, _same(senses), _pairs(len(senses), groups))


def sense_test(
    similarity: Array,
    senses: Sequence[str],
    groups: Sequence[str] | None = None,
    *,
    permutations: int = 999,
    seed: int = 0,
) -> float:
    """The p-value of the gap when senses are dealt out anew among the occurrences."""
    same, pairs = _same(senses), _pairs(len(senses), groups)
    _means(similarity, same, pairs)  # which says what is missing

    def gap(order: NDArray[np.int64]) -> float:
        try:
            return _means(similarity, same[np.ix_(order, order)], pairs).gap
        except ValueError:  # all pairs of one kind are within groups
            return 0.0

    return permutation_test(gap, len(senses), permutations=permutations, seed=seed)


def _same(senses: Sequence[str]) -> Mask:
    names = np.array(senses)
    found: Mask = names[:, None] == names[None]
    return found


def _pairs(n: int, groups: Sequence[str] | None) -> Mask:
    """(n, n) which pairs count: of two occurrences, not of one group."""
    apart: Mask = ~np.eye(n, dtype=bool)
    if groups is not None:
        names = np.array(groups)
        apart &= (names[:, None] != names[None]) | (names == "")[:, None]
    return apart


def _means(similarity: Array, same: Mask, pairs: Mask) -> Means:
    inside, outside = pairs & same, pairs & ~same
    if not inside.any() or not outside.any():
        raise ValueError("means within and between senses need two senses, and two occurrences of one")
    return Means(float(similarity[inside].mean()), float(similarity[outside].mean()))


def nearest_sense(similarity: Array, senses: Sequence[str], groups: Sequence[str] | None = None) -> Array:
    """(n,) whether the nearest sense is the right one, where a sense is the mean of its unit vectors.

    The occurrence itself and those of its group (an empty group is none) are left out of the means. Where k senses are
    equally near and the right one is among them it counts 1/k, so that equal vectors are at chance. An occurrence
    whose sense has no other is not a number.
    """
    names = np.array(senses)
    kinds = sorted(set(senses))
    pairs = _pairs(len(names), groups)
    right = np.full(len(names), np.nan)
    for i in range(len(names)):
        near = []
        for kind in kinds:
            chosen = np.flatnonzero(pairs[i] & (names == kind))
            # cos(x, mean of u) = mean of cos(x, u) / |mean of u|, and |mean of u|^2 = mean of all cos(u, u')
            size = np.sqrt(max(similarity[np.ix_(chosen, chosen)].mean(), 0.0)) if len(chosen) else np.nan
            near.append(similarity[i, chosen].mean() / size if len(chosen) and size > 0 else -np.inf)
        mine = kinds.index(senses[i])
        if np.isfinite(near[mine]):
            tied = np.array(near) >= max(near) - TIE
            right[i] = float(tied[mine]) / tied.sum()
    return right
