"""Whether p-values are certainly below a threshold, or certainly not, by a table of critical values.

With E, S, R, C the terms of examples, seeds, residual and constant, the variance at a level of the chi^2 of seeds is
max(0, S f - R) + E + C, where f are the degrees of freedom over the chi^2. Let g be the smallest f and B = E + C - R +
g S. Without the clipping the variance is B (1 + u (f - g)) with u = S / B, so that the distance at which the p-value is
the threshold, over sqrt(B), depends on u and on the degrees of freedom of seeds only: it is computed on a coarse grid,
and a finer one by splines is looked up for each test. What the clipping adds to a p-value is at most the tail for the
variance E + C; where S is so small that many levels are clipped, R is left out, which makes the variance larger.
Degrees of freedom of examples are taken as the fewest of all tests, or as none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import special

from superb_lite.metrics.noises import MOST_DOF, Noises
from superb_lite.metrics.statistics import LEVEL_WEIGHTS, LEVELS, Array
from superb_lite.metrics.tails import critical

Flags = NDArray[np.bool_]

_CHUNK = 16_384
"""Tests at a time, so that their columns stay in the processor's cache."""

_SAMPLE = 999
"""How many tests say which part of the table is needed."""

_CELLS = 32
"""Of the table, for each octave of u."""
_COARSE = 0.5
"""Octaves of u from one computed value to the next."""
_OCTAVES = (-24.0, 16.0)
_DOF_STEP = 0.15
"""From one computed value to the next, in the logarithm of the degrees of freedom of seeds."""
_DOF_CELLS = 4
"""Of the table, for each of these steps."""

_MARGIN = 1e-3
"""What splines may change in a squared critical value: ten times of what was seen."""

_CLIPPED = 0.01
"""Share of the threshold that clipped levels may take."""

_LEAST_DOF = 3.0
"""Of examples; with fewer, Hill's formula and this table are of no use."""


def certainly(noises: Noises, distances: Array, threshold: float, until: float) -> tuple[Flags, Flags]:
    """(m,) Whether the p-values of distances are certainly below `threshold`, and certainly not below `until`."""
    m = len(noises)
    below, not_below = np.zeros(m, dtype=bool), np.zeros(m, dtype=bool)
    table = _Table.of(noises, threshold, until) if m else None
    if table is None:
        return below, not_below
    for start in range(0, m, _CHUNK):
        part = slice(start, start + _CHUNK)
        some, square = noises[part], distances[part] ** 2
        not_below[part] = square < table.least * (some.examples + some.constant)
        rest = np.flatnonzero(~not_below[part])
        if 2 * len(rest) > len(square):  # a copy of them would take longer
            below[part], not_below[part] = table.flags(some, square)
        else:
            below[start + rest], not_below[start + rest] = table.flags(some[rest], square[rest])
    return below, not_below


@dataclass(frozen=True)
class _Table:
    """Squared critical values over B, and where they stand."""

    above: Array
    """(dof, u) Beyond that, p-values are below the threshold."""
    within: Array
    """(dof, u) Within that, they are not below `until`."""
    dof: tuple[float, float]
    """Where the first row begins, and rows for each unit of the logarithm: 0 where there is one."""
    octave: float
    """Of the first column."""
    smallest: float
    """g."""
    residual_over_seeds: float
    """Where R is more than that, it is left out."""
    clipped: float
    """Squared distance over E + C beyond which clipped levels take no more than their share."""
    alone: float
    """Squared distance over E + C beyond which p-values without noise of seeds are below the threshold."""
    least: float
    """Squared distance over E + C within which no p-value is below `until`."""

    @classmethod
    def of(cls, noises: Noises, threshold: float, until: float) -> Self | None:
        """None where such a table is of no use."""
        seen = noises.seeds > 0
        seeds_dof = noises.seeds_dof[seen]
        least, most = (float(seeds_dof.min()), float(seeds_dof.max())) if len(seeds_dof) else (1.0, 1.0)
        examples_dof = float(noises.examples_dof.min())
        if examples_dof < _LEAST_DOF or least < 1 or most >= MOST_DOF:
            return None
        several = most > least * (1 + 1e-9)
        steps = int(np.ceil(np.log(most / least) / _DOF_STEP)) + 3 if several else 0
        dof = np.exp(np.linspace(np.log(least), np.log(most), steps + 1))[: None if several else 1]
        smallest = (1 - 1e-6) * float(least / (2 * special.gammaincinv(least / 2, LEVELS[-1])))
        low, high = _octaves(noises, smallest)
        squares = [
            _squares(level, examples, dof, np.arange(low, high + _COARSE, _COARSE), smallest)
            for level, examples in (((1 - _CLIPPED) * threshold, examples_dof), (until, MOST_DOF))
        ]
        above, within = (_finer(of, dof, low, high) for of in squares)
        at_zero = float(special.ndtri(until / 2) ** 2)
        above, within = (1 + _MARGIN) * above, (1 - _MARGIN) * within
        # Critical values rise with u: of a cell the right end is the larger one. Beyond the last cell nothing is said.
        above = np.concatenate([above[:, 1:], np.full((len(above), 1), np.inf)], axis=1)
        within[:, 0] = np.minimum(at_zero, within[:, 0])
        if several:
            above, within = np.maximum(above[1:], above[:-1]), np.minimum(within[1:], within[:-1])
        return cls(
            above=above,
            within=within,
            dof=(float(np.log(least)), len(above) / float(np.log(most / least)) if several else 0.0),
            octave=low,
            smallest=smallest,
            residual_over_seeds=float(most / (2 * special.gammaincinv(most / 2, threshold))) / 2,
            clipped=float(special.stdtrit(examples_dof, _CLIPPED * threshold / 2) ** 2) * (1 + _MARGIN),
            alone=float(special.stdtrit(examples_dof, threshold / 2) ** 2) * (1 + _MARGIN),
            least=at_zero * (1 - _MARGIN),
        )

    def flags(self, noises: Noises, square: Array) -> tuple[Flags, Flags]:
        """`certainly` of a few tests, of squared distances."""
        base = noises.examples + noises.constant
        seeds = np.where(noises.seeds > 0, noises.seeds, 0.0)
        residual = np.where(noises.seeds > 0, noises.residual, 0.0)
        whole = base + self.smallest * seeds
        without = (residual > self.residual_over_seeds * seeds) | (residual > 0.97 * whole)
        scale = whole - np.where(without, 0.0, residual)
        rows, columns = self.above.shape
        with np.errstate(divide="ignore", invalid="ignore"):
            cell = np.clip((np.log2(seeds / scale) - self.octave) * _CELLS, 0, columns - 1)
            cell[~(scale > 0)] = 0
            index = cell.astype(np.int64)
            if rows > 1:
                first, by_log = self.dof
                row = np.where(seeds > 0, (np.log(noises.seeds_dof) - first) * by_log, 0.0)
                index += columns * np.clip(row, 0, rows - 1).astype(np.int64)
        possible = (scale > 0) & (base > 0)
        below = square >= self.above.take(index) * scale
        below &= without | (residual <= self.smallest * seeds) | (square >= self.clipped * base)
        below |= (seeds == 0) & (square >= self.alone * base)
        not_below = (square < self.within.take(index) * scale) & ~without
        not_below |= square < self.least * base
        return below & possible, not_below & possible


def _octaves(noises: Noises, smallest: float) -> tuple[float, float]:
    """Where tests mostly have u, in whole octaves."""
    some = noises[:: max(1, len(noises) // _SAMPLE)]
    scale = some.examples + some.constant - some.residual + smallest * some.seeds
    usual = (some.seeds > 0) & (scale > 0)
    u = np.log2(some.seeds[usual] / scale[usual])
    low, high = (float(u.min()), float(u.max())) if len(u) else (0.0, 0.0)
    first, last = _OCTAVES
    low = float(np.clip(np.floor(low) - 1, first, last - 2))
    return low, float(np.clip(np.ceil(high) + 1, low + 2, last))


def _squares(level: float, examples_dof: float, dof: Array, octaves: Array, smallest: float) -> Array:
    """(dof, u) Squared distances over B whose p-values are `level`."""
    factors = dof[:, None] / (2 * special.gammaincinv(dof[:, None] / 2, LEVELS)) - smallest
    errors = np.sqrt(1 + np.exp2(octaves)[:, None] * factors[:, None, :])
    found = critical(errors.reshape(-1, len(LEVELS)), np.array(examples_dof), LEVEL_WEIGHTS, level)
    return (found**2).reshape(len(dof), len(octaves))


def _finer(squares: Array, dof: Array, low: float, high: float) -> Array:
    """The same at the ends of the table's cells."""
    from scipy.interpolate import CubicSpline, RectBivariateSpline  # takes a while to import, and few commands get here

    octaves, ends = np.arange(low, high + _COARSE, _COARSE), np.arange(low, high + 0.5 / _CELLS, 1 / _CELLS)
    logarithms = np.log(squares)
    if len(dof) == 1:
        return np.asarray(np.exp(CubicSpline(octaves, logarithms[0])(ends)))[None]
    rows = np.linspace(np.log(dof[0]), np.log(dof[-1]), _DOF_CELLS * (len(dof) - 1) + 1)
    return np.asarray(np.exp(RectBivariateSpline(np.log(dof), octaves, logarithms)(rows, ends)))
