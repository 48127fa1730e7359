"""Where a share of a gain is reached, against slow loops, and noisy curves against clean ones of the same growth."""

import numpy as np
import pytest

from superb_lite.analysis.embryology.crossing import NEAR, levels, log_steps, monotone, reached

STEPS = (0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 650)
PLACES = log_steps(STEPS)


def drawn(n, seed=0):
    return np.cumsum(np.random.default_rng(seed).normal(0.05, 0.2, size=(n, len(STEPS))), axis=1)


def logistic(middle, slope):
    found = 1 / (1 + np.exp(-slope * (PLACES - middle)))
    return (found - found[0]) / (found[-1] - found[0])


def by_search(curve, start, end, share):
    """The place, by walking along the straight pieces in small steps from the first on."""
    walked = np.linspace(PLACES[0], PLACES[-1], 100_001)[1:]
    return walked[(np.interp(walked, PLACES, curve) >= start + share * (end - start) - 1e-9).argmax()]


def first_crossing(curve, share):
    """Of the scores themselves, between the first and the last of them."""
    return by_search(curve, curve[0], curve[-1], share)


def test_the_places_of_steps_double():
    assert log_steps((0, 1, 2, 4, 8)).tolist() == [-1, 0, 1, 2, 3]


def test_the_fit_is_the_largest_of_the_smallest_means():
    for curve, fit in zip(drawn(20), monotone(drawn(20)), strict=True):
        k = len(curve)
        slow = [max(min(curve[a : b + 1].mean() for b in range(i, k)) for a in range(i + 1)) for i in range(k)]
        assert fit == pytest.approx(slow)


def test_levels_are_means_of_what_lies_near_an_end():
    for fit, start, end in zip(monotone(drawn(20)), *levels(monotone(drawn(20))), strict=True):
        rise = (fit[-1] - fit[0]) or 1.0
        low = [max(0.0, 1 - (value - fit[0]) / (NEAR * rise)) for value in fit]
        high = [max(0.0, 1 - (fit[-1] - value) / (NEAR * rise)) for value in fit]
        assert start == pytest.approx(np.average(fit, weights=low))
        assert end == pytest.approx(np.average(fit, weights=high))


@pytest.mark.parametrize("share", [0.5, 0.9, 1.0])
def test_the_place_is_the_one_that_a_search_finds(share):
    fits = monotone(drawn(40, seed=1))
    fits = fits[fits[:, -1] > fits[:, 0]]
    assert len(fits) > 10
    slow = [by_search(fit, *levels(fit), share) for fit in fits]
    assert reached(PLACES, fits, share).tolist() == pytest.approx(slow, abs=1e-3)


def test_a_curve_that_only_falls_has_no_place():
    fits = monotone(np.stack([np.linspace(0.8, 0.2, len(STEPS)), np.full(len(STEPS), 0.5)]))
    assert np.isnan(reached(PLACES, fits, 0.5)).all()


def test_a_jump_is_found_where_it_is_whatever_else_is_flat():
    for at in range(1, len(STEPS)):
        curve = (np.arange(len(STEPS)) >= at).astype(float)
        for share in (0.5, 0.9):
            expected = PLACES[at - 1] + share * (PLACES[at] - PLACES[at - 1])
            assert reached(PLACES, monotone(curve), share) == pytest.approx(expected)


@pytest.mark.parametrize(("middle", "slope"), [(5.0, 1.0), (8.0, 0.8), (5.0, 4.0), (7.0, 2.0)])
def test_noise_does_not_make_half_of_a_gain_come_early(middle, slope):
    clean = logistic(middle, slope)
    noisy = clean + np.random.default_rng(0).normal(0, 0.2, size=(400, len(STEPS)))
    errors = reached(PLACES, monotone(noisy), 0.5) - reached(PLACES, monotone(clean), 0.5)
    before = np.array([first_crossing(curve, 0.5) for curve in noisy]) - first_crossing(clean, 0.5)
    assert before.mean() < -0.2
    assert abs(errors.mean()) < abs(before.mean()) / 4
    assert (errors**2).mean() < 0.5 * (before**2).mean()


@pytest.mark.parametrize(("middle", "slope"), [(2.5, 2.0), (5.0, 1.0), (5.0, 4.0), (7.0, 2.0)])
def test_nine_tenths_lie_less_far_off(middle, slope):
    clean = logistic(middle, slope)
    noisy = clean + np.random.default_rng(1).normal(0, 0.1, size=(400, len(STEPS)))
    errors = reached(PLACES, monotone(noisy), 0.9) - reached(PLACES, monotone(clean), 0.9)
    before = np.array([first_crossing(curve, 0.9) for curve in noisy]) - first_crossing(clean, 0.9)
    assert abs(errors.mean()) < max(0.2, abs(before.mean()))
    assert (errors**2).mean() < 0.6 * (before**2).mean()
