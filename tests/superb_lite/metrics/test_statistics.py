import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from superb_lite.metrics.statistics import (
    Interval,
    Noise,
    Sample,
    expected_noise,
    holm,
    interval,
    jackknife,
    mean_interval,
    rank_intervals,
    smallest_difference,
)


def sample(values, names=None):
    values = np.asarray(values, dtype=float)
    names = names or [f"c{j}" for j in range(values.shape[1])]
    return Sample(float(values.mean()), values, tuple(names))


def slow_anova(values):
    """Mean squares of a two-way layout with one observation a cell, sum by sum: clusters, seeds, residual."""
    s, n = len(values), len(values[0])
    grand = sum(sum(row) for row in values) / (s * n)
    column = [sum(values[i][j] for i in range(s)) / s for j in range(n)]
    row = [sum(values[i]) / n for i in range(s)]
    clusters = s * sum((c - grand) ** 2 for c in column) / (n - 1)
    seeds = n * sum((r - grand) ** 2 for r in row) / (s - 1)
    rest = sum((values[i][j] - column[j] - row[i] + grand) ** 2 for i in range(s) for j in range(n))
    return clusters, seeds, rest / ((s - 1) * (n - 1))


def table(rng, *, s, n, clusters, seeds, rest):
    return (
        0.5
        + clusters * rng.standard_normal((1, n))
        + seeds * rng.standard_normal((s, 1))
        + rest * rng.standard_normal((s, n))
    )


def drawn_p_value(distance, *, clusters, seeds, rest, s, n, draws=400_000):
    """A generalized p-value by drawing: mean squares over chi^2, then a normal with what variance that makes."""
    rng = np.random.default_rng(5)
    examples = clusters * (n - 1) / rng.chisquare(n - 1, draws)
    luck = np.maximum(0.0, seeds * (s - 1) / rng.chisquare(s - 1, draws) - rest)
    return 2 * stats.norm.sf(distance / np.sqrt((examples + luck) / (n * s))).mean()


@pytest.mark.parametrize("luck", [0.0, 0.15, 0.5])
def test_p_values_and_intervals_are_those_of_drawn_variances(luck):
    s, n = 5, 23
    values = table(np.random.default_rng(1), s=s, n=n, clusters=1.0, seeds=luck, rest=0.7)
    clusters, seeds, rest = slow_anova(values.tolist())
    found = interval(sample(values))
    assert found.variance == pytest.approx((clusters + max(0.0, seeds - rest)) / (n * s))
    assert found.estimate == pytest.approx(values.mean())
    for errors in (0.5, 2.0, 4.0, 7.0):
        distance = errors * math.sqrt(found.variance)
        drawn = drawn_p_value(distance, clusters=clusters, seeds=seeds, rest=rest, s=s, n=n)
        assert found.p_value(found.estimate - distance) == pytest.approx(drawn, rel=0.05, abs=1e-5)
    assert found.p_value(found.lo) == found.p_value(found.hi) == pytest.approx(0.05)


def test_seeds_alone_give_a_t_of_their_means():
    luck = np.random.default_rng(0).standard_normal((5, 1))
    found = interval(sample(np.repeat(luck, 30, axis=1)))
    expected = stats.t.interval(0.95, 4, loc=luck.mean(), scale=stats.sem(luck[:, 0]))
    assert (found.lo, found.hi) == pytest.approx(expected, rel=1e-3)
    assert found.p_value(9.0) == pytest.approx(stats.ttest_1samp(luck[:, 0], 9.0).pvalue, rel=0.01)


def test_seed_noise_below_the_residual_is_clipped_to_zero():
    values = table(np.random.default_rng(0), s=3, n=40, clusters=1.0, seeds=0.0, rest=1.0)
    values -= values.mean(axis=1, keepdims=True)  # no seed differs from another
    found = interval(sample(values))
    expected = stats.t.interval(0.95, 39, loc=0.0, scale=stats.sem(values.mean(axis=0)))
    assert found.variance == pytest.approx(values.mean(axis=0).var(ddof=1) / 40)
    assert (found.lo, found.hi) == pytest.approx(expected)


def test_the_variance_is_unbiased_and_the_interval_covers_under_both_sources_of_noise():
    rng = np.random.default_rng(0)
    s, n, clusters, seeds, rest = 5, 40, 0.5, 0.15, 0.4
    truth = clusters**2 / n + seeds**2 / s + rest**2 / (n * s)
    found = [interval(sample(table(rng, s=s, n=n, clusters=clusters, seeds=seeds, rest=rest))) for _ in range(3000)]
    assert np.mean([i.variance for i in found]) == pytest.approx(truth, rel=0.04)
    assert 0.935 < np.mean([i.lo <= 0.5 <= i.hi for i in found]) < 0.975


def test_values_without_noise_have_an_interval_without_width():
    found = interval(sample(np.full((3, 9), 0.7)))
    assert (found.estimate, found.lo, found.hi) == pytest.approx((0.7, 0.7, 0.7), abs=1e-12)


def test_one_seed_leaves_the_noise_of_the_examples():
    values = np.random.default_rng(0).standard_normal((1, 30))
    found = interval(sample(values))
    expected = stats.t.interval(0.95, 29, loc=values.mean(), scale=stats.sem(values[0]))
    assert (found.lo, found.hi) == pytest.approx(expected)


def test_a_single_cluster_has_no_interval():
    with pytest.raises(ValueError, match="two clusters"):
        interval(sample([[1.0], [0.0]]))


def f1(counts):
    return 2 * counts[..., 0] / (counts[..., 1] + counts[..., 2])


def test_jackknife_is_a_leave_one_out_loop():
    rng = np.random.default_rng(3)
    s, n = 2, 7
    counts = rng.integers(1, 9, (s, n, 3)).astype(float)
    found = jackknife(counts, f1)
    for i, j in itertools.product(range(s), range(n)):
        rest = [k for k in range(n) if k != j]
        whole, without = f1(sum(counts[i, k] for k in range(n))), f1(sum(counts[i, k] for k in rest))
        assert found[i, j] == pytest.approx(n * whole - (n - 1) * without)


def test_pseudo_values_of_a_mean_are_the_values():
    correct = np.random.default_rng(0).integers(0, 2, (3, 11)).astype(float)
    counts = np.stack([correct, np.ones_like(correct)], axis=-1)
    assert jackknife(counts, lambda c: c[..., 0] / c[..., 1]) == pytest.approx(correct)


def test_the_mean_of_independent_tasks_adds_variances():
    rng = np.random.default_rng(0)
    luck = 3 * rng.standard_normal((3, 2))  # more than the residual, so that nothing is clipped
    a = sample(luck[:, :1] + rng.standard_normal((3, 20)), [f"a{j}" for j in range(20)])
    b = sample(luck[:, 1:] + rng.standard_normal((3, 30)), [f"b{j}" for j in range(30)])
    found = mean_interval([a, b], [0.5, 0.5])
    assert found.estimate == pytest.approx((a.estimate + b.estimate) / 2)
    assert found.variance == pytest.approx((interval(a).variance + interval(b).variance) / 4)


def test_tasks_that_share_clusters_add_their_covariance():
    rng = np.random.default_rng(0)
    luck = 3 * rng.standard_normal((2, 2))  # more than the residual, so that nothing is clipped
    a = sample(luck[:, :1] + rng.standard_normal((2, 6)), ["p", "q", "r", "s", "t", "u"])
    b = sample(luck[:, 1:] + rng.standard_normal((2, 5)), ["u", "q", "x", "p", "y"])
    covariance = 0.0
    for i, one in enumerate(a.clusters):
        for j, other in enumerate(b.clusters):
            if one == other:
                deviation = (a.values[:, i].mean() - a.values.mean()) * (b.values[:, j].mean() - b.values.mean())
                covariance += deviation / (6 * 5)
    weights = [0.3, 0.7]
    expected = 0.09 * interval(a).variance + 0.49 * interval(b).variance + 2 * 0.21 * covariance
    assert covariance != 0
    assert mean_interval([a, b], weights).variance == pytest.approx(expected)


def test_a_task_counted_twice_is_no_better_known_than_once():
    a = sample(np.random.default_rng(0).standard_normal((1, 50)))
    assert mean_interval([a, a], [0.5, 0.5]).variance == pytest.approx(interval(a).variance)


def test_columns_of_one_task_share_the_luck_of_their_seeds():
    rng = np.random.default_rng(0)
    luck = rng.standard_normal((5, 1))
    a, b = (sample(luck + 0.5 * rng.standard_normal((5, 40))) for _ in range(2))
    found = mean_interval([a, b], [0.5, 0.5])
    assert found.variance == pytest.approx(interval(sample((a.values + b.values) / 2)).variance)
    apart = sample(b.values, [f"d{j}" for j in range(40)])
    assert found.variance > 1.5 * mean_interval([a, apart], [0.5, 0.5]).variance


def test_the_seed_terms_of_tasks_are_clipped_once_for_all():
    rng = np.random.default_rng(0)
    more = sample(rng.standard_normal((3, 1)) + rng.standard_normal((3, 20)), [f"a{j}" for j in range(20)])
    none = rng.standard_normal((3, 20))
    none = sample(none - none.mean(axis=1, keepdims=True), [f"b{j}" for j in range(20)])
    parts = [slow_anova(s.values.tolist()) for s in (more, none)]
    assert parts[0][1] > parts[0][2]
    expected = sum(0.25 * (clusters + seeds - rest) / 60 for clusters, seeds, rest in parts)
    assert mean_interval([more, none], [0.5, 0.5]).variance == pytest.approx(expected)


def test_minus_pairs_cells_by_the_name_of_the_cluster():
    values = np.arange(6.0).reshape(2, 3)
    a, b = sample(values, ["x", "y", "z"]), sample(values[:, [2, 0, 1]], ["z", "x", "y"])
    assert np.all(a.minus(b).values == 0)
    assert a.minus(b).clusters == ("x", "y", "z")
    with pytest.raises(ValueError, match="different test data"):
        a.minus(sample(values, ["x", "y", "w"]))


def test_minus_drops_seeds_that_only_one_has():
    a, b = sample(np.ones((5, 4))), sample(np.zeros((3, 4)))
    assert a.minus(b).values.shape == (3, 4)


def test_minus_compares_estimates_over_the_seeds_that_both_have():
    values = np.random.default_rng(0).standard_normal((5, 4))
    assert sample(values).minus(sample(values[:3])).estimate == pytest.approx(0.0)
    assert sample(values[:3]).minus(sample(values)).estimate == pytest.approx(0.0)


def test_scaled():
    a = sample(np.random.default_rng(0).random((3, 9)))
    one, other = interval(a), interval(a.scaled(-4.0, 1.0))
    assert (other.estimate, other.lo, other.hi) == pytest.approx((1 - 4 * one.estimate, 1 - 4 * one.hi, 1 - 4 * one.lo))


def step_down(p_values, alpha):
    """Holm's procedure as he wrote it: which hypotheses are rejected at level alpha."""
    left, rejected = list(enumerate(p_values)), set()
    while left:
        i, p = min(left, key=lambda pair: pair[1])
        if p > alpha / len(left):
            break
        rejected.add(i)
        left.remove((i, p))
    return rejected


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0.001, 0.6))
def test_holm_rejects_what_the_step_down_procedure_rejects(p_values, alpha):
    adjusted = holm(p_values)
    assume(all(abs(p - alpha) > 1e-9 for p in adjusted))
    assert {i for i, p in enumerate(adjusted) if p <= alpha} == step_down(p_values, alpha)


def between(estimate, error=1.0):
    return Interval(estimate, estimate - 2 * error, estimate + 2 * error, Noise(error**2, 50.0))


def test_rank_intervals_separate_what_is_separate_and_leave_ties_open():
    # 0 and 1 cannot be told apart; both beat 2.
    assert rank_intervals({(0, 1): between(0.5), (0, 2): between(9.0), (1, 2): between(8.5)}, 3) == [
        (1, 2),
        (1, 2),
        (3, 3),
    ]
    assert rank_intervals({(0, 1): between(-9.0)}, 2) == [(2, 2), (1, 1)]
    assert rank_intervals({}, 1) == [(1, 1)]


def test_rank_intervals_are_corrected_for_the_number_of_pairs():
    p = between(2.3).p_value()
    assert 0.05 / 3 < p < 0.05
    alone = rank_intervals({(0, 1): between(2.3)}, 2)
    among = rank_intervals({(0, 1): between(2.3), (0, 2): between(0.0), (1, 2): between(0.0)}, 3)
    assert alone == [(1, 1), (2, 2)]
    assert among == [(1, 3)] * 3


def test_p_value_is_that_of_the_t_test():
    values = np.random.default_rng(2).standard_normal((1, 15)) + 0.4
    assert interval(sample(values)).p_value() == pytest.approx(stats.ttest_1samp(values[0], 0).pvalue)
    assert Interval(0.0, 0.0, 0.0, Noise(0.0, 9.0)).p_value() == 1.0
    assert Interval(0.1, 0.1, 0.1, Noise(0.0, 9.0)).p_value() == 0.0


def test_the_smallest_difference_of_a_t_test_is_that_of_bloom():
    # No seed noise and one seed: a one-sample t-test on the clusters, (t_{1 - a/2} + t_{power}) standard errors.
    values = np.random.default_rng(3).standard_normal((1, 41))
    error = values.std(ddof=1) / math.sqrt(41)
    expected = error * (stats.t.ppf(0.975, 40) + stats.t.ppf(0.8, 40))
    assert smallest_difference(sample(values), seeds=1) == pytest.approx(expected, rel=1e-6)
    assert interval(sample(values)).noise.detectable() == pytest.approx(expected, rel=1e-6)


def test_the_noise_that_is_expected_of_the_same_seeds_and_clusters_is_the_noise_that_is_there():
    found = sample(table(np.random.default_rng(2), s=5, n=30, clusters=1.0, seeds=0.5, rest=0.7))
    there, expected = interval(found).noise, expected_noise(found, seeds=5)
    for name in ("examples", "examples_dof", "seeds", "seeds_dof", "residual", "variance"):
        assert getattr(expected, name) == pytest.approx(getattr(there, name)), name


@pytest.mark.parametrize(("seeds", "clusters"), [(1, 50), (10, 50), (3, 200)])
def test_the_noise_that_is_expected_of_other_numbers_is_what_these_have(seeds, clusters):
    rng = np.random.default_rng(4)
    sizes = {"clusters": 1.0, "seeds": 0.3, "rest": 0.8}
    planned = [
        expected_noise(sample(table(rng, s=8, n=60, **sizes)), seeds=seeds, clusters=clusters) for _ in range(300)
    ]
    # With one seed its luck is in nobody's table, and left out of the interval as well.
    truth = 1.0 / clusters + 0.8**2 / clusters / seeds + (0.3**2 / seeds if seeds > 1 else 0.0)
    assert np.mean([noise.variance for noise in planned]) == pytest.approx(truth, rel=0.05)


@pytest.mark.parametrize(("luck", "rest", "s", "n"), [(0.0, 0.7, 5, 30), (0.15, 0.7, 5, 60), (0.3, 1.0, 5, 100)])
def test_the_smallest_difference_is_found_in_four_of_five_experiments(luck, rest, s, n):
    rng = np.random.default_rng(6)
    sizes = {"n": n, "clusters": 1.0, "seeds": luck, "rest": rest}
    planned = np.mean([smallest_difference(sample(table(rng, s=8, **sizes)), seeds=s) for _ in range(30)])
    found = [interval(sample(table(rng, s=s, **sizes) - 0.5 + planned)).lo > 0 for _ in range(300)]
    assert 0.7 <= np.mean(found) <= 0.88
