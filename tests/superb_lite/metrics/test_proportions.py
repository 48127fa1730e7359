import math

import numpy as np
import pytest
from scipy import stats

from superb_lite.metrics.proportions import bounded
from superb_lite.metrics.statistics import Sample, interval


def sample(values):
    values = np.asarray(values, dtype=float)
    return Sample(float(values.mean()), values, tuple(f"c{j}" for j in range(values.shape[1])))


def ends(values, bounds=(0.0, 1.0), scale=1.0, offset=0.0):
    found = sample(values).scaled(scale, offset)
    return bounded(interval(found), bounds, examples=values.shape[1], clusters=found.clusters)


def test_independent_answers_of_one_seed_have_wilsons_interval():
    answers = np.ones((1, 4000))
    answers[0, :120] = 0.0
    low, high = stats.binomtest(3880, 4000).proportion_ci(method="wilson")
    assert ends(answers) == pytest.approx((low, high), abs=2e-5)


@pytest.mark.parametrize("right", [0.0, 1.0])
def test_no_variation_is_no_certainty(right):
    low, high = ends(np.full((5, 60), right))
    exact = stats.binomtest(round(60 * right), 60).proportion_ci(method="wilson")
    # A t of 59 degrees of freedom in the place of the normal.
    assert (low, high) == pytest.approx((exact.low, exact.high), abs=0.004)
    assert high - low > 0.06


def test_the_interval_is_a_map_of_that_of_a_score_on_another_scale():
    answers = (np.random.default_rng(0).random((5, 80)) < 0.9).astype(float)
    low, high = ends(answers)
    assert ends(answers, (-1.0, 1.0), 2.0, -1.0) == pytest.approx((2 * low - 1, 2 * high - 1))


def test_the_interval_stays_between_the_bounds_and_holds_the_estimate():
    rng = np.random.default_rng(1)
    for share in (0.02, 0.5, 0.97, 0.999):
        answers = (rng.random((3, 50)) < share).astype(float)
        low, high = ends(answers)
        assert 0.0 <= low <= answers.mean() <= high <= 1.0


def test_a_score_without_an_upper_bound_keeps_its_interval():
    rates = np.random.default_rng(2).random((5, 40)) * 0.1
    found = interval(sample(rates))
    low, high = bounded(found, (0.0, math.inf), examples=40, clusters=tuple(map(str, range(40))))
    assert (low, high) == (max(0.0, found.lo), found.hi)


def test_two_that_agree_everywhere_are_not_known_to_be_equal():
    one = sample(np.ones((5, 60)))
    perfect = Sample(1.0, one.values, one.clusters, 1 / 60)
    difference = interval(perfect.minus(perfect))
    assert (difference.lo, difference.hi) == pytest.approx((-0.0327, 0.0327), abs=1e-3)
    # Five of 60 that one of the two alone gets right: the exact test of McNemar has p = 0.06 (mid-p 0.03).
    worse = one.values.copy()
    worse[:, :5] = 0.0
    p = interval(perfect.minus(Sample(float(worse.mean()), worse, one.clusters, 1 / 60))).p_value()
    assert 0.03 < p < 0.0625
    assert interval(one.minus(sample(worse))).p_value() < p
