"""Two measures of how alike two spaces are in which the same n items lie, as inner products of (n, n) tables.

`centred_gram` gives unbiased linear CKA (Kornblith et al. 2019, ICML, with the estimator of HSIC of Song et al. 2012,
Nguyen et al. 2021, appendix A): 1 for spaces that differ by rotation and scale, about 0 for unrelated ones whatever
their width. `neighbours` gives the mutual overlap of nearest neighbours (Huh et al. 2024, The Platonic Representation
Hypothesis, section 2): the mean share of an item's k neighbours in one space that are among those in the other, k / (n
- 1) for unrelated ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FEWEST = 8
"""Items; of fewer nothing can be said."""


def centred_gram(vectors: Array) -> Array:
    """(n, D) -> (n, n): the Gram matrix, U-centred (Székely & Rizzo 2014) and of length 1.

    The inner product of two such tables is unbiased CKA. Of items that all lie at one place it is all zeros.
    """
    gram = vectors @ vectors.T
    np.fill_diagonal(gram, 0.0)
    n = len(gram)
    rows = gram.sum(axis=0) / (n - 2)
    gram = gram - rows[:, None] - rows[None, :] + gram.sum() / (n - 1) / (n - 2)
    np.fill_diagonal(gram, 0.0)
    length = float(np.linalg.norm(gram))
    centred: Array = gram / (length or 1.0)
    return centred


def neighbours(vectors: Array, k: int = 10) -> Array:
    """(n, D) -> (n, n): 1 / sqrt(n k) where j is one of the k nearest of i by cosine, else 0.

    The inner product of two such tables is the mutual overlap of neighbours.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(lengths > 0, lengths, 1.0)
    near = unit @ unit.T
    np.fill_diagonal(near, -np.inf)
    n = len(near)
    chosen = np.argsort(-near, axis=1, kind="stable")[:, :k]
    table = np.zeros((n, n))
    np.put_along_axis(table, chosen, 1 / np.sqrt(n * k), axis=1)
    return table


MEASURES: Mapping[str, Callable[[Array], Array]] = {"CKA": centred_gram, "neighbours": neighbours}


def tables_of(layers: list[Array], measure: str) -> Array:
    """The vectors of L layers, (n, D) each -> (L, n, n) tables of a measure."""
    return np.array([MEASURES[measure](layer) for layer in layers])


def similarity(a: Array, b: Array) -> Array:
    """(L, n, n) and (M, n, n) tables of the same items -> (L, M) similarities."""
    found: Array = a.reshape(len(a), -1) @ b.reshape(len(b), -1).T
    return found


def reordered(tables: Array, order: NDArray[np.int64]) -> Array:
    """The tables when the items are dealt out anew."""
    found: Array = tables[:, order][:, :, order]
    return found
