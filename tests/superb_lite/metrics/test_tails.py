"""Fast tails of t distributions against the incomplete beta function, and critical values against a search."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, special, stats

from superb_lite.metrics.tails import critical, tail_bounds, upper_tail

DOF = np.concatenate([[1.0, 2.0, 3.0, 10.0, 60.0, 199.0], np.geomspace(200, 1e9, 20)])


def test_tails_are_those_of_the_incomplete_beta_function() -> None:
    x = np.concatenate([[0.0], np.geomspace(1e-8, 0.1, 10), np.linspace(0.2, 7, 60)])[:, None] + 0 * DOF
    assert upper_tail(x, DOF) == pytest.approx(special.stdtr(DOF, -x), rel=1e-10, abs=1e-16)
    far = 0 * DOF + 13.0
    assert upper_tail(far, DOF) == pytest.approx(special.stdtr(DOF, -far), rel=1e-8)


def test_the_tail_beyond_everything_is_nothing() -> None:
    assert (upper_tail(np.full(DOF.shape, np.inf), DOF) == 0).all()
    assert np.isnan(upper_tail(np.array([np.nan]), np.array([500.0]))).all()


def test_bounds_of_tails_hold_them() -> None:
    x = np.geomspace(1e-3, 12, 50)[:, None] + 0 * DOF
    low, high = tail_bounds(x, DOF)
    exact = stats.t.sf(x, DOF)
    assert (low <= exact).all()
    assert (high >= exact).all()
    far = (x > 2) & (x < 8) & (DOF > 100)
    assert (high[far] <= 1.1 * low[far]).all()


@pytest.mark.parametrize("level", [1e-12, 1e-7, 0.05, 0.6])
def test_critical_values_are_where_a_search_finds_them(level: float) -> None:
    rng = np.random.default_rng(0)
    weights = np.array([1e-6, 0.1, 0.3, 0.6 - 1e-6])
    errors = np.geomspace(1000, 1, 4) ** rng.uniform(0, 1, (30, 1)) * rng.gamma(2, size=(30, 1))
    dof = rng.choice([1.0, 4.0, 30.0, 400.0, 1e9], (30, 1)) * np.ones(4)
    found = critical(errors, dof, weights, level)
    for value, error, n in zip(found, errors, dof, strict=True):

        def excess(distance: float, error: np.ndarray = error, n: np.ndarray = n) -> float:
            tail = 2 * weights @ special.stdtr(n, -np.exp(distance) / error)
            return float(np.log(max(tail, 1e-300) / level))

        expected = np.exp(optimize.brentq(excess, np.log(error.min()) - 10, np.log(error.max()) + 40, xtol=1e-13))
        assert value == pytest.approx(expected, rel=1e-9)


def test_parts_without_an_error_leave_the_level_to_the_others() -> None:
    weights = np.array([0.97, 0.03])
    errors = np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]])
    found = critical(errors, np.full((3, 2), 1e9), weights, 0.05)
    assert found.tolist() == [0.0, pytest.approx(stats.norm.isf(0.025 / 0.97)), 0.0]
    assert len(critical(np.zeros((0, 2)), np.zeros((0, 2)), weights, 0.05)) == 0
