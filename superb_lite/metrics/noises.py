"""`Noise` of many estimates at once: the same p-values and half-widths, as arrays.

`superb_lite.metrics.statistics.Noise` is the definition. What is added here is speed: half-widths by Newton's method on
arrays, and bounds of p-values that need no special function.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray
from scipy import special

from superb_lite.metrics.statistics import LEVEL_WEIGHTS, LEVELS, SIGNIFICANCE, Array, Noise
from superb_lite.metrics.tails import critical, tail_bounds, upper_tail

if TYPE_CHECKING:
    from scipy.interpolate import CubicSpline

CHUNK = 512
"""Estimates at a time, so that their (m, 48) tables stay in the processor's cache."""

SEEDS = 5
"""Evaluation seeds that smallest differences are shown for."""

MOST_DOF = 1e9
"""Degrees of freedom beyond which a t is a normal distribution."""


@dataclass(frozen=True)
class Noises:
    """What is known of the variances of m estimates; (m,) arrays that mean what the fields of `Noise` mean."""

    examples: Array
    examples_dof: Array
    seeds: Array
    seeds_dof: Array
    residual: Array
    constant: Array
    """Covariance and grain."""

    @classmethod
    def of(cls, noises: Sequence[Noise]) -> Self:
        """The same, one after the other."""

        def array(value: Callable[[Noise], float]) -> Array:
            return np.array([value(noise) for noise in noises], dtype=float)

        return cls(
            examples=array(lambda noise: noise.examples),
            examples_dof=array(lambda noise: noise.examples_dof),
            seeds=array(lambda noise: noise.seeds),
            seeds_dof=array(lambda noise: noise.seeds_dof),
            residual=array(lambda noise: noise.residual),
            constant=array(lambda noise: noise.covariance + noise.grain),
        )

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, index: NDArray[np.int64] | slice) -> Self:
        return type(self)(*(getattr(self, field.name)[index] for field in fields(self)))

    def p_values(self, distances: Array) -> Array:
        """(m,) -> (m,) Two-sided, as `Noise.p_value`."""
        found = np.ones(len(self))
        for part in _chunks(len(self)):
            errors, dof = self[part].mixture()
            with np.errstate(divide="ignore", invalid="ignore"):
                tails = upper_tail(np.abs(distances[part])[:, None] / errors, dof)
            found[part] = np.where(distances[part] == 0, 1.0, np.minimum(1.0, 2 * (tails @ LEVEL_WEIGHTS)))
        return found

    def half_widths(self, confidence: float = 1 - SIGNIFICANCE) -> Array:
        """(m,) The distances whose p-values are 1 - confidence, as `Noise.half_width`."""
        found = np.zeros(len(self))
        for part in _chunks(len(self)):
            found[part] = critical(*self[part].mixture(), LEVEL_WEIGHTS, 1 - confidence)
        return found

    def detectable(self, power: float = 0.8) -> Array:
        """(m,) As `Noise.detectable`."""
        return self.half_widths() + self.half_widths(2 * power - 1)

    def mixture(self, chi2: Array | None = None) -> tuple[Array, Array]:
        """Standard errors and degrees of freedom, (m, 48) each: one for each level of the chi^2 of the seeds.

        chi2: (m, L) of the seeds, instead of those of the 48 levels.
        """
        seeds_dof = np.where(self.seeds > 0, self.seeds_dof, 1.0)
        if chi2 is None:
            # Mostly all are equal, and the inverse is slow.
            different = seeds_dof[:1] if (seeds_dof == seeds_dof[:1]).all() else seeds_dof
            chi2 = 2 * special.gammaincinv(different[:, None] / 2, LEVELS)
        residual = np.where(self.seeds > 0, self.residual, 0.0)
        seeds = np.maximum(0.0, (self.seeds * seeds_dof)[:, None] / chi2 - residual[:, None])
        variance = self.examples[:, None] + seeds
        # Covariance and grain are kept out of the degrees of freedom: they make the variance larger, not better known.
        known = self.examples**2 / self.examples_dof
        with np.errstate(divide="ignore", invalid="ignore"):
            dof = np.where(known[:, None] > 0, variance**2 / known[:, None], np.inf)
        errors = np.sqrt(np.maximum(0.0, variance + self.constant[:, None]))
        return errors, np.minimum(dof, MOST_DOF)


def expected_noises(
    *, examples: Array, seeds: Array, residual: Array, grain: Array, rows: NDArray[np.int64], clusters: int
) -> Noises:
    """As `expected_noise` with as many clusters as there are and `SEEDS` evaluation seeds.

    examples, seeds, residual, grain: (m,) the terms of `Noise`. rows: (m,) from how many seeds. clusters: how many of
    them may be independent.
    """
    rest = residual * clusters * rows
    of_clusters = np.maximum(0.0, examples * clusters - rest / rows)
    of_seeds = np.maximum(0.0, seeds * rows - rest / clusters)
    dof = np.ones_like(examples)
    return Noises(
        examples=(of_clusters + rest / SEEDS) / clusters,
        examples_dof=(clusters - 1) * dof,
        seeds=(of_seeds + rest / clusters) / SEEDS,
        seeds_dof=(SEEDS - 1) * dof,
        residual=rest / clusters / SEEDS,
        constant=grain,
    )


def bounds(noises: Noises, distances: Array) -> tuple[Array, Array]:
    """Below and above the p-values of m distances that are not zero, from the errors of all 48 levels."""
    low, high = np.zeros(len(noises)), np.ones(len(noises))
    for part in _chunks(len(noises)):
        chunk = noises[part]
        errors, dof = chunk.mixture(_chi2_near(chunk))
        with np.errstate(divide="ignore", invalid="ignore"):
            below, above = tail_bounds(np.abs(distances[part])[:, None] / errors, dof)
        if not errors.all():
            below[errors == 0] = above[errors == 0] = 0.0
        low[part], high[part] = below @ LEVEL_WEIGHTS, above @ LEVEL_WEIGHTS
    return 2 * (1 - _SLACK) * low, np.minimum(1.0, 2 * (1 + _SLACK) * high)


_SLACK = 1e-5
"""What an interpolated chi^2 may change in a p-value."""


_GRID = np.linspace(0.0, np.log(4096.0), 513)
"""Logarithms of degrees of freedom."""


@functools.cache
def _log_chi2() -> CubicSpline:
    """The logarithms of the chi^2 of all levels by the logarithm of the degrees of freedom."""
    from scipy.interpolate import CubicSpline  # takes a while to import, and few commands get here

    return CubicSpline(_GRID, np.log(2 * special.gammaincinv(np.exp(_GRID)[:, None] / 2, LEVELS)))


def _chi2_near(noises: Noises) -> Array:
    """(m, 48) The chi^2 of the seeds, interpolated where the degrees of freedom differ."""
    dof = np.where(noises.seeds > 0, noises.seeds_dof, 1.0)
    if (dof == dof[0]).all():
        return np.asarray(2 * special.gammaincinv(dof[:1, None] / 2, LEVELS))
    if dof.max() > 4096 or dof.min() < 1:
        return np.asarray(2 * special.gammaincinv(dof[:, None] / 2, LEVELS))
    spline = _log_chi2()
    position = np.log(dof)
    cell = np.clip((position / (_GRID[1] - _GRID[0])).astype(np.int64), 0, len(_GRID) - 2)
    t = (position - _GRID[cell])[:, None]
    a, b, c, d = (coefficients[cell] for coefficients in spline.c)
    return np.asarray(np.exp(((a * t + b) * t + c) * t + d))


def _chunks(m: int) -> Iterator[slice]:
    return (slice(start, start + CHUNK) for start in range(0, m, CHUNK))
