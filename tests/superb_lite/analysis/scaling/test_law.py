"""Power laws: recovered from made-up runs, and intervals that hold what they should."""

import numpy as np
import pytest

from superb_lite.analysis.scaling.law import Law, fit, fit_with_intervals, frontier

X = (100.0, 300.0, 1000.0, 3000.0)
TRUE = Law(2.0, 1.5, 0.4, float(np.exp(np.log(X).mean())))


def runs(noise, seed, x=X, seeds=3):
    random = np.random.default_rng(seed)
    return {at: tuple(TRUE.at(at) + noise * random.standard_normal(seeds)) for at in x}


def test_a_law_without_noise_is_found_again():
    found = fit(X, [TRUE.at(x) for x in X])
    assert (found.a, found.b, found.c) == pytest.approx((2.0, 1.5, 0.4), rel=1e-3)
    assert found.at(30_000) == pytest.approx(TRUE.at(30_000), rel=1e-4)


def test_three_sizes_are_met_exactly():
    means = (4.0, 3.0, 2.5)
    found = fit((1, 10, 100), means)
    assert [found.at(x) for x in (1, 10, 100)] == pytest.approx(means, abs=1e-6)


def test_the_sum_of_squares_is_no_larger_than_that_of_a_finer_grid():
    y = [3.9, 3.1, 2.9, 2.2]
    found = fit(X, y)
    error = sum((found.at(x) - value) ** 2 for x, value in zip(X, y, strict=True))
    for c in np.geomspace(0.02, 4, 400):
        for a in np.linspace(0, 3, 61):
            basis = (np.array(X) / found.scale) ** -c
            b = max(0.0, float(basis @ (np.array(y) - a) / (basis @ basis)))
            assert error <= ((a + b * basis - y) ** 2).sum() + 1e-6


def test_what_does_not_fall_is_flat():
    found = fit((1, 10, 100), (2.0, 2.1, 2.2))
    assert found.at(1000) == pytest.approx(2.1, abs=0.01)
    with pytest.raises(ValueError, match="at least 3 different sizes"):
        fit((1, 10, 10), (3, 2, 1))


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    held = []
    for repetition in range(10):
        found = fit_with_intervals(runs(0.02, repetition))
        assert found.spread == pytest.approx(0.02, rel=0.8)
        new = TRUE.at(30_000) + 0.02 * np.random.default_rng(1000 + repetition).standard_normal(3).mean()
        foretold = found.prediction(30_000, runs=3)
        held.append(foretold.low <= new <= foretold.high)
        band = found.band(30_000)
        assert foretold.high - foretold.low > band.high - band.low
    assert sum(held) >= 8


def test_the_same_runs_have_the_same_interval():
    assert fit_with_intervals(runs(0.02, 1)).c == fit_with_intervals(runs(0.02, 1)).c


def test_one_seed_has_no_interval():
    found = fit_with_intervals(runs(0.02, 1, seeds=1))
    assert (found.spread, found.c.low, found.prediction(1e5, 1).low, found.band(1e5).high) == (None,) * 4
    assert found.prediction(1e5, 1).value == found.law.at(1e5)


def test_the_frontier_leaves_out_what_something_cheaper_beats():
    points = {10.0: (5.0, 5.2), 20.0: (5.5,), 30.0: (4.0,), 5.0: (6.0,), 40.0: (4.0,)}
    assert list(frontier(points)) == [5.0, 10.0, 30.0]
