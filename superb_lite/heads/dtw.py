"""Subsequence dynamic time warping: how well a query fits anywhere in each of several longer sequences.

Müller 2007, Information Retrieval for Music and Motion, section 4.4. Each step takes the query one frame further and
the sequence by none, one or two (the asymmetric pattern of Sakoe & Chiba 1978, which SUPERB uses for this too, Yang et
al. 2021). So every path has as many steps as the query has frames, and the path of the least total cost is also that of
the least mean cost: no path gains by being short.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def subsequence_costs(query: Array, sequences: Sequence[Array]) -> NDArray[np.float64]:
    """The mean cosine distance along the best path through each sequence.

    query: (N, D). sequences: (M_i, D) each, N and M_i at least 1. Returns (number of sequences,), in [0, 2]. A zero
    vector has distance 1 to everything. All sequences advance together, one row of the query at a time.
    """
    distances = _padded_distances(query, sequences)  # (N, P, M)
    total: NDArray[np.float64] = distances[0]
    for row in distances[1:]:
        best = total.copy()
        for step in (1, 2):
            np.minimum(best[:, step:], total[:, :-step], out=best[:, step:])
        total = best + row
    costs: NDArray[np.float64] = total.min(axis=1) / len(query)
    return costs


def _padded_distances(query: Array, sequences: Sequence[Array]) -> NDArray[np.float64]:
    """(N, P, M) cosine distances between N query frames and the frames of P sequences, infinite on padding."""
    lengths = np.array([len(s) for s in sequences])
    real = np.arange(lengths.max()) < lengths[:, None]
    distances: NDArray[np.float64] = np.full((len(query), *real.shape), np.inf)
    distances[:, real] = 1.0 - _unit(query) @ _unit(np.concatenate(sequences)).T
    return distances


def _unit(x: Array) -> NDArray[np.float64]:
    norm = np.linalg.norm(x, axis=1, keepdims=True)
    unit: NDArray[np.float64] = x.astype(np.float64) / np.where(norm > 0, norm, 1.0)
    return unit
