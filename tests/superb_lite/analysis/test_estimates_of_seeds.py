"""Intervals and tests of analyses, against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from superb_lite.analysis.estimate import (
    Estimate,
    across_samples,
    across_seeds,
    permutation_test,
    stacked,
)
from superb_lite.metrics.statistics import Sample


def test_over_seeds_is_the_t_interval():
    values = [0.31, 0.42, 0.38, 0.47]
    found = across_seeds(values)
    low, high = stats.t.interval(0.95, 3, loc=np.mean(values), scale=stats.sem(values))
    assert (found.value, found.n) == (pytest.approx(np.mean(values)), 4)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


def test_one_seed_has_no_interval_and_says_so():
    found = across_seeds([0.25])
    assert found == Estimate(0.25, None, None, 1)
    assert (found.shown(100, 1), found.verdict()) == ("25.0 (one seed)", "not decided")
    with pytest.raises(ValueError, match="at least one"):
        across_seeds([])


def test_the_verdict_is_what_the_interval_says():
    assert Estimate(0.5, 0.1, 0.9, 3).verdict() == "holds"
    assert Estimate(0.5, 0.1, 0.9, 3).verdict(above=0.9) == "does not hold"
    assert Estimate(0.5, 0.1, 0.9, 3).verdict(above=0.3) == "not decided"
    assert Estimate(0.5, 0.1, 0.9, 3).shown() == "0.50 [0.10, 0.90]"
    assert Estimate(0.5, 0.1, 0.9, 3).cells == (0.5, 0.1, 0.9)


def test_samples_of_seeds_are_matched_by_their_test_examples():
    a = Sample(0.5, np.array([[1.0, 0.0], [0.0, 1.0]]), ("x", "y"), grain=0.1)
    b = Sample(0.75, np.array([[1.0, 0.5]]), ("y", "x"))
    found = stacked([a, b])
    assert found.values.tolist() == [[0.5, 0.5], [0.5, 1.0]]
    assert (found.estimate, found.clusters, found.grain) == (0.625, ("x", "y"), 0.1)
    with pytest.raises(ValueError, match="different test data"):
        stacked([a, Sample(0.5, np.array([[1.0, 0.0]]), ("x", "z"))])


def test_an_interval_over_samples_is_about_seeds_and_examples():
    random = np.random.default_rng(0)
    shared = random.normal(size=200)
    clusters = tuple(f"c{i}" for i in range(200))
    levels = (0.0, 0.1, 0.2)
    samples = [Sample(level + shared.mean(), level + shared[None], clusters) for level in levels]
    one, all_of_them = across_samples(samples[:1]), across_samples(samples)
    low, high = stats.t.interval(0.95, 199, loc=shared.mean(), scale=stats.sem(shared))
    assert (one.low, one.high, one.n) == (pytest.approx(low, abs=1e-6), pytest.approx(high, abs=1e-6), 1)
    half = stats.t.ppf(0.975, 2) * stats.sem(levels)
    assert all_of_them.n == 3
    assert all_of_them.high - all_of_them.low > max(2 * half, high - low)


@pytest.mark.parametrize("tail", ["greater", "less", "two-sided"])
def test_a_permutation_test_agrees_with_the_library(tail):
    random = np.random.default_rng(2)
    values, labels = random.normal(size=14), np.repeat([0, 1], 7)
    values[labels == 1] += 1.0

    def difference(order):
        dealt = labels[order]
        return float(values[dealt == 1].mean() - values[dealt == 0].mean())

    theirs = stats.permutation_test(
        (values[labels == 1], values[labels == 0]),
        lambda a, b: a.mean() - b.mean(),
        alternative=tail,
        n_resamples=np.inf,
    ).pvalue
    assert permutation_test(difference, 14, permutations=4999, tail=tail) == pytest.approx(theirs, abs=0.02)


def test_a_permutation_test_of_nothing_has_a_p_value_of_one():
    assert permutation_test(lambda order: 0.1 + 0.2, 5) == 1.0
    assert permutation_test(lambda order: float(order[0] == 0), 1000) < 0.02


def test_what_is_not_finite_has_no_interval():
    found = across_seeds([1.0, np.nan, 2.0])
    assert np.isnan(found.value)
    assert (found.low, found.high, found.n) == (None, None, 3)
