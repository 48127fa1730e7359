"""Nearest neighbours of words, and whether they are of the same category more often than by chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from superb_lite.analysis.context.senses import Array, cosines
from superb_lite.analysis.estimate import permutation_test

Indices = NDArray[np.int64]


def word_means(vectors: Array, words: Sequence[str]) -> tuple[Array, tuple[str, ...]]:
    """(W, D) mean vector of each word over its occurrences, and the words in the order of their first occurrence."""
    names = tuple(dict.fromkeys(words))
    column = np.array(words)
    return np.stack([vectors[column == name].mean(axis=0) for name in names]), names


def nearest(means: Array, count: int = 1) -> Indices:
    """(W, count) the words whose vectors have the largest cosine, nearest first, the word itself left out.

    The mean of all words is taken away first: vectors of contextual encoders lie in a narrow cone (Ethayarajh 2019),
    and what all have in common tells no word from another (Mu & Viswanath 2018).
    """
    similarity = cosines(means - means.mean(axis=0))
    np.fill_diagonal(similarity, -np.inf)
    return np.argsort(-similarity, axis=1, kind="stable")[:, :count]


def shared(neighbours: Indices, categories: Sequence[str]) -> Array:
    """(W,) share of a word's neighbours that are of its category. neighbours: (W, k)."""
    names = np.array(categories)
    found: Array = (names[neighbours] == names[:, None]).mean(axis=1)
    return found


def chance(categories: Sequence[str]) -> float:
    """The expected share when the other words are drawn at random."""
    names = np.array(categories)
    same = (names[:, None] == names[None]).sum(axis=1) - 1
    return float((same / max(len(names) - 1, 1)).mean())


def category_test(
    neighbours: Sequence[Indices], categories: Sequence[str], *, permutations: int = 999, seed: int = 0
) -> float:
    """The p-value of the mean share over several encoders when categories are dealt out anew among the words."""
    names = np.array(categories)
    return permutation_test(
        lambda order: float(np.mean([shared(each, names[order].tolist()).mean() for each in neighbours])),
        len(names),
        permutations=permutations,
        seed=seed,
    )
