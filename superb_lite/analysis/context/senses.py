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


def sense_means(similarity: Array, senses: Sequence[str]) -> Means:
    """Over all pairs of two occurrences. similarity: (n, n). Raises ValueError unless there are pairs of both kinds."""
    return _means(similarity, _same(senses))


def sense_test(similarity: Array, senses: Sequence[str], *, permutations: int = 999, seed: int = 0) -> float:
    """The p-value of the gap when senses are dealt out anew among the occurrences."""
    same = _same(senses)
    _means(similarity, same)  # which says what is missing
    return permutation_test(
        lambda order: _means(similarity, same[np.ix_(order, order)]).gap,
        len(senses),
        permutations=permutations,
        seed=seed,
    )


def _same(senses: Sequence[str]) -> NDArray[np.bool_]:
    names = np.array(senses)
    found: NDArray[np.bool_] = names[:, None] == names[None]
    return found


def _means(similarity: Array, same: NDArray[np.bool_]) -> Means:
    n = len(similarity)
    inside, outside = int(same.sum()) - n, n * n - int(same.sum())
    if not inside or not outside:
        raise ValueError("means within and between senses need two senses, and two occurrences of one")
    total = float(similarity[same].sum())
    within = total - float(np.trace(similarity))
    return Means(within / inside, (float(similarity.sum()) - total) / outside)


def nearest_sense(similarity: Array, senses: Sequence[str], groups: Sequence[str] | None = None) -> Array:
    """(n,) whether the nearest sense is the right one, where a sense is the mean of its unit vectors.

    The occurrence itself and those of its group (an empty group is none) are left out of the means. Where k senses are
    equally near and the right one is among them it counts 1/k, so that equal vectors are at chance. An occurrence
    whose sense has no other is not a number.
    """
    names = np.array(senses)
    kinds = sorted(set(senses))
    group = np.array(groups) if groups is not None else np.full(len(names), "")
    right = np.full(len(names), np.nan)
    for i in range(len(names)):
        others = (np.arange(len(names)) != i) & ((group != group[i]) | (group[i] == ""))
        near = []
        for kind in kinds:
            chosen = np.flatnonzero(others & (names == kind))
            # cos(x, mean of u) = mean of cos(x, u) / |mean of u|, and |mean of u|^2 = mean of all cos(u, u')
            size = np.sqrt(max(similarity[np.ix_(chosen, chosen)].mean(), 0.0)) if len(chosen) else np.nan
            near.append(similarity[i, chosen].mean() / size if len(chosen) and size > 0 else -np.inf)
        mine = kinds.index(senses[i])
        if np.isfinite(near[mine]):
            tied = np.array(near) >= max(near) - TIE
            right[i] = float(tied[mine]) / tied.sum()
    return right
