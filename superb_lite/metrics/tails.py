"""Upper tails of t distributions: fast and exact to ten digits, and faster bounds of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]

_LEAST_DOF = 200.0
"""From here on Hill's formula is off by less than 1e-10 of a tail of more than 1e-12, and 1e-8 of one of 1e-37."""

_FAR = 1e100
"""Distances that are counted as this one, so that no square overflows."""


def upper_tail(x: Array, dof: Array) -> Array:
    """The probability that a t with some degrees of freedom is larger than x >= 0, which may be infinite.

    x and dof are broadcast, x having the shape of the result. Of many degrees of freedom it is that of a normal
    distribution at Hill's transformation of x (Hill 1970, Communications of the ACM 13:617-619, algorithm 395), which
    takes an eighth of the time of the incomplete beta function.
    """
    near = np.minimum(x, _FAR)
    with np.errstate(divide="ignore", invalid="ignore"):
        a = dof - 0.5
        b = 48 * a * a
        y = a * np.log1p(near * near / dof)
        z = (((-0.4 * y - 3.3) * y - 24.0) * y - 85.5) / (0.8 * y * y + 100.0 + b)
        z += y
        z += 3.0
        z /= b
        z += 1.0
        z *= np.sqrt(y)
        found: Array = special.ndtr(-z)
        few = np.broadcast_to(dof < _LEAST_DOF, found.shape)
        if few.any():
            found[few] = special.stdtr(np.broadcast_to(dof, found.shape)[few], -x[few])
    return found


def tail_bounds(x: Array, dof: Array) -> tuple[Array, Array]:
    """Less and more than the tail of a t beyond x > 0.

    With u^2 = dof * log(1 + x^2 / dof), it lies between those of a normal distribution at u and at
    u * sqrt(1 - 1 / (2 dof)) (Wallace 1959, Annals of Mathematical Statistics 30:1121-1130, for dof > 1/2), and these
    between bounds of Mills's ratio (Birnbaum 1942, 13:245-246; Sampford 1953, 24:130-132).
    """
    logarithm = np.log1p(x**2 / dof)
    squares = dof * logarithm
    density = np.exp(-0.5 * squares)
    below = density * (2 * _DENSITY) / (np.sqrt(squares) + np.sqrt(squares + 4))
    squares -= 0.5 * logarithm
    density *= np.exp(0.25 * logarithm)
    above = density * (4 * _DENSITY) / (3 * np.sqrt(squares) + np.sqrt(squares + 8))
    return below, above


_DENSITY = 1 / np.sqrt(2 * np.pi)


def critical(errors: Array, dof: Array, weights: Array, level: float) -> Array:
    """The distances at which the weighted mean of two-sided tails of scaled t distributions is `level`.

    errors, dof: (m, L) or what broadcasts to it, with errors of shape (m, L). weights: (L,) with sum 1.
    Returns (m,); 0 where distributions without an error leave less than `level` to the others.
    """
    found = np.zeros(len(errors))
    open_ = np.flatnonzero((errors > 0) @ weights > level)
    errors, dof = errors[open_], np.broadcast_to(dof, errors.shape)[open_]
    normal = -special.ndtri(level / 2)
    log_density = special.gammaln((dof + 1) / 2) - special.gammaln(dof / 2) - 0.5 * np.log(np.pi * dof)
    with np.errstate(divide="ignore"):
        low, high = np.log(normal * errors.min(axis=1, initial=np.inf)), np.full(len(open_), np.inf)
    # Newton's method on logarithms, where a normal distribution's tail is nearly quadratic and a t's nearly linear.
    where = np.log(normal * (errors @ weights))
    for _ in range(_MOST_STEPS):
        if not len(open_):
            break
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            x = np.minimum(np.exp(where)[:, None] / errors, _FAR)
            p = 2 * (upper_tail(x, dof) @ weights)
            slope = 2 * ((x * np.exp(log_density - (dof + 1) / 2 * np.log1p(x**2 / dof))) @ weights)
            step = np.log(p / level) * p / slope
        low, high = np.where(p > level, where, low), np.where(p > level, high, where)
        there = np.abs(step) < _PRECISION
        found[open_[there]] = np.exp(where[there] + step[there])
        middle = np.where(np.isinf(high), where + 1.0, (np.maximum(low, where - 2.0) + high) / 2)
        inside = (where + step > low) & (where + step < high)
        where = np.where(inside, where + step, middle)
        rest = ~there
        open_, errors, dof, log_density = open_[rest], errors[rest], dof[rest], log_density[rest]
        low, high, where = low[rest], high[rest], where[rest]
    return found


_MOST_STEPS = 200
_PRECISION = 1e-5
"""Of the logarithm; it is squared by the step that is made."""
