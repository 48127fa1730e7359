"""Power laws y = a + b x^-c: fitted, with intervals, and followed to sizes that were not run. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superb_lite.analysis.estimate import Estimate

Array = NDArray[np.float64]

LEAST_LEVELS = 3
"""Different x that three parameters take; with just as many the law runs through all means."""

EXPONENTS = np.geomspace(0.02, 4.0, 60)
"""Where the exponent is looked for; a curve outside of them is a straight line or a step within what is measured."""

RESAMPLES = 500


@dataclass(frozen=True)
class Law:
    """y = a + b (x / scale)^-c with a, b >= 0: what is left over (a), and how fast the rest goes (c).

    Kaplan et al. 2020 (arXiv 2001.08361, section 3) with the irreducible term of Hoffmann et al. 2022 (arXiv
    2203.15556, equation 2).
    """

    a: float
    b: float
    c: float
    scale: float
    """The geometric mean of the x it was fitted to: b is what is above a there."""

    def at(self, x: float) -> float:
        """y at an x."""
        return float(self.a + self.b * (x / self.scale) ** -self.c)


def fit(x: Sequence[float], y: Sequence[float]) -> Law:
    """The law with the least squared error: for an exponent, a and b follow by non-negative least squares.

    x: positive, y: of each x one or several values. Raises ValueError for fewer than `LEAST_LEVELS` different x.
    """
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if len(set(xs.tolist())) < LEAST_LEVELS:
        raise ValueError(f"a power law takes at least {LEAST_LEVELS} different sizes")
    scale = float(np.exp(np.log(np.unique(xs)).mean()))
    relative = xs / scale

    exponents = EXPONENTS
    for _ in range(_ROUNDS):  # each between the neighbours of the best one so far
        a, b, errors = _best(exponents, relative, ys)
        at = int(np.argmin(errors))
        found = Law(float(a[at]), float(b[at]), float(exponents[at]), scale)
        ends = exponents[max(at - 1, 0)], exponents[min(at + 1, len(exponents) - 1)]
        exponents = np.append(np.geomspace(*ends, len(EXPONENTS)), exponents[at])
        exponents.sort()
    return found


_ROUNDS = 4


def _best(exponents: Array, x: Array, y: Array) -> tuple[Array, Array, Array]:
    """For each of (E,) exponents the a, b >= 0 with the least squared error, and that error.

    Of two coefficients the best lies where neither is bound, or where one of them is 0.
    """
    basis = x[None] ** -exponents[:, None]  # (E, N)
    mean = basis.mean(axis=1)
    centred = basis - mean[:, None]
    slope = centred @ y / np.maximum((centred**2).sum(axis=1), np.finfo(np.float64).tiny)
    through = np.maximum(basis @ y / (basis**2).sum(axis=1), 0.0)
    none = np.zeros_like(slope)
    free = np.stack([y.mean() - slope * mean, slope])
    pairs = np.stack([free, np.stack([none + max(y.mean(), 0.0), none]), np.stack([none, through])])  # (3, 2, E)
    errors = ((pairs[:, 0, :, None] + pairs[:, 1, :, None] * basis - y) ** 2).sum(axis=2)
    errors[0][(free < 0).any(axis=0)] = np.inf
    which = errors.argmin(axis=0)
    each = np.arange(len(exponents))
    return pairs[which, 0, each], pairs[which, 1, each], errors[which, each]


@dataclass(frozen=True)
class Fitted:
    """A law of some runs, with intervals."""

    law: Law
    a: Estimate
    b: Estimate
    c: Estimate
    levels: int
    """Different x."""
    runs: int
    spread: float | None
    """Standard deviation of a run about the mean of its level; None with one run at each."""
    resampled: tuple[Law, ...]
    """Laws of made-up repetitions of the experiment; none where the spread is not known."""

    def prediction(self, x: float, runs: int, confidence: float = 0.95) -> Estimate:
        """What the mean of so many new runs at x should be: the interval is over laws and over these runs."""
        value = self.law.at(x)
        if self.spread is None:
            return Estimate(value, None, None, self.runs)
        noise = np.random.default_rng(1).standard_t(self._freedom, len(self.resampled)) * self.spread / np.sqrt(runs)
        drawn = np.array([law.at(x) for law in self.resampled]) + noise
        return _interval(value, drawn, self.runs, confidence)

    def band(self, x: float, confidence: float = 0.95) -> Estimate:
        """The law at x, with the interval of the law alone."""
        if self.spread is None:
            return Estimate(self.law.at(x), None, None, self.runs)
        return _interval(self.law.at(x), np.array([law.at(x) for law in self.resampled]), self.runs, confidence)

    @property
    def _freedom(self) -> int:
        return max(1, self.runs - self.levels)


def fit_with_intervals(levels: Mapping[float, Sequence[float]], *, seed: int = 0, confidence: float = 0.95) -> Fitted:
    """The law of runs at several sizes.

    levels: by x the values of its runs, one a pretraining seed. The interval is a parametric bootstrap (Efron and
    Tibshirani 1993, section 6.5): the mean of each level is drawn from the t distribution about it, with the standard
    deviation that all levels share. Drawing two of three seeds again would make it a fifth too narrow.

    Raises ValueError for fewer than `LEAST_LEVELS` sizes.
    """
    x, y = _flat(levels)
    law, runs = fit(x, y), len(y)
    freedom = runs - len(levels)
    if freedom < 1:
        a, b, c = (Estimate(value, None, None, runs) for value in (law.a, law.b, law.c))
        return Fitted(law, a, b, c, len(levels), runs, None, ())
    squares = sum(float(((np.asarray(v) - np.mean(v)) ** 2).sum()) for v in levels.values())
    spread = float(np.sqrt(squares / freedom))
    random = np.random.default_rng(seed)
    resampled = []
    for _ in range(RESAMPLES):
        drawn = {
            at: [float(np.mean(values) + spread * random.standard_t(freedom) / np.sqrt(len(values)))] * len(values)
            for at, values in levels.items()
        }
        resampled.append(fit(*_flat(drawn)))
    a, b, c = (
        _interval(getattr(law, name), np.array([getattr(each, name) for each in resampled]), runs, confidence)
        for name in ("a", "b", "c")
    )
    return Fitted(law, a, b, c, len(levels), runs, spread, tuple(resampled))


def frontier(points: Mapping[float, Sequence[float]]) -> dict[float, Sequence[float]]:
    """Of runs by what they cost those with a lower mean than any that costs less."""
    found: dict[float, Sequence[float]] = {}
    best = float("inf")
    for cost in sorted(points):
        mean = float(np.mean(points[cost]))
        if mean < best:
            best, found[cost] = mean, points[cost]
    return found


def _flat(levels: Mapping[float, Sequence[float]]) -> tuple[list[float], list[float]]:
    pairs = [(x, value) for x, values in levels.items() for value in values]
    return [x for x, _ in pairs], [y for _, y in pairs]


def _interval(value: float, drawn: Array, runs: int, confidence: float) -> Estimate:
    tail = (1 - confidence) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail]).tolist()
    return Estimate(value, low, high, runs)
