"""Whether p-values are certainly below a threshold, or certainly not, from a few standard errors of each.

The 48 levels of the chi^2 of seeds are cut into blocks. A block adds to a p-value at most its weight times the
two-sided tail of a t with the error of its first level, which is the largest, and the fewest degrees of freedom; where
that is below a share of the threshold in every block, and the shares add up to one, the p-value is below the threshold.
The levels up to one add at least their weight times the tail of a normal distribution with its error, the smallest of
them. Either way a distance is compared with a multiple of an error, and the multiples are the same for all.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray
from scipy import special

from superb_lite.metrics.noises import CHUNK, Noises, critical
from superb_lite.metrics.statistics import LEVEL_WEIGHTS, LEVELS, Array

Flags = NDArray[np.bool_]
Index = NDArray[np.int64]

_FIRST = np.array([0, 1, 2, 4, 7, 10, 14, 20, 28, 38])
"""The first level of each block."""
_WEIGHTS = np.add.reduceat(LEVEL_WEIGHTS, _FIRST)

_LAST = np.array([5, 12, 20, 30, 38, 47])
"""Levels whose errors say that a p-value is not below a threshold."""
_UP_TO = np.cumsum(LEVEL_WEIGHTS)[_LAST]

_GRID = np.linspace(0.0, np.log(4096.0), 4097)
"""Logarithms of degrees of freedom of seeds."""

_MARGIN = 1e-5
"""What rounding, and the grid near a maximum, may change in a variance."""

_SAMPLE = 999
"""How many noises are looked at for typical ones."""

_LEAST_SHARE = 1e-3


def certainly(noises: Noises, distances: Array, threshold: float, until: float) -> tuple[Flags, Flags]:
    """(m,) Whether the p-values of distances are certainly below `threshold`, and certainly not below `until`."""
    below, not_below = np.zeros(len(noises), dtype=bool), np.zeros(len(noises), dtype=bool)
    if not len(noises):
        return below, not_below
    enough = _enough(noises, threshold)[:, :, None] ** 2
    too_few = np.where(until < _UP_TO, np.maximum(0.0, -special.ndtri(np.minimum(1.0, until / 2 / _UP_TO))), 0.0)
    for start in range(0, len(noises), CHUNK):
        part = slice(start, start + CHUNK)
        smallest = _variances(noises[part], "last") * (1 - _MARGIN)
        not_below[part] = (distances[part] ** 2 < too_few[:, None] ** 2 * smallest).any(axis=0)
        rest = start + np.flatnonzero(~not_below[part])
        largest, square = _variances(noises[rest], "first") * (1 + _MARGIN), distances[rest] ** 2
        for multiples in enough:
            below[rest] |= (square > multiples * largest).all(axis=0)
    return below, not_below


def _variances(noises: Noises, levels: str) -> Array:
    """(L, m) The variances at some levels."""
    seen = noises.seeds > 0
    seeds = np.where(seen, noises.seeds, 0.0) * _factors(np.where(seen, noises.seeds_dof, 1.0), levels)
    seeds -= np.where(seen, noises.residual, 0.0)
    np.maximum(seeds, 0.0, out=seeds)
    seeds += noises.examples + noises.constant
    return np.asarray(np.maximum(seeds, 0.0, out=seeds))


def _enough(noises: Noises, threshold: float) -> Array:
    """(3, blocks) Multiples of the largest errors of blocks that suffice together: any one of the rows is enough.

    The best shares of the threshold depend on how much of the noise is of seeds; those of three typical noises are
    taken.
    """
    some = noises[:: max(1, len(noises) // _SAMPLE)]
    of_seeds = some.seeds / np.maximum(some.examples + some.seeds + some.constant, _TINY)
    order = np.argsort(of_seeds)
    errors, dof = some[order[(len(order) * np.array([0.1, 0.5, 0.9])).astype(int)]].mixture()
    distances = critical(errors, dof, threshold)
    with np.errstate(divide="ignore", invalid="ignore"):
        tails = np.nan_to_num(special.stdtr(dof, -distances[:, None] / errors))
    shares = np.add.reduceat(tails * LEVEL_WEIGHTS, _FIRST, axis=1)
    shares = np.maximum(shares / np.maximum(shares.sum(axis=1, keepdims=True), _TINY), _LEAST_SHARE)
    shares /= shares.sum(axis=1, keepdims=True)
    tail = np.minimum(threshold * shares / 2 / _WEIGHTS, 0.5)
    return np.asarray(-special.stdtrit(noises.examples_dof.min(), tail) * (1 + _MARGIN))


_TINY = np.finfo(float).tiny


def _factors(dof: Array, levels: str) -> Array:
    """(L, m or 1) The degrees of freedom of seeds over the chi^2 of "first" levels, rounded up, or of "last", down."""
    if (dof == dof[:1]).all() or dof.max() >= np.exp(_GRID[-1]) or dof.min() < 1:
        different = dof[:1] if (dof == dof[:1]).all() else dof
        return _exact_factors(different, levels)
    return _factor_table(levels)[:, (np.log(dof) / _GRID[1]).astype(np.int64)]


def _exact_factors(dof: Array, levels: str) -> Array:
    chosen = LEVELS[_FIRST if levels == "first" else _LAST]
    return np.asarray(dof / (2 * special.gammaincinv(dof / 2, chosen[:, None])))


@functools.cache
def _factor_table(levels: str) -> Array:
    """(L, cells) Of the values at the two ends of a cell of the grid the larger or the smaller one."""
    found = _exact_factors(np.exp(_GRID), levels)
    return (np.maximum if levels == "first" else np.minimum)(found[:, 1:], found[:, :-1])
