"""EER against other ways to compute it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import interp1d
from scipy.optimize import brentq
from sklearn.metrics import roc_curve

from superb_lite.metrics import higher_is_better, metric
from superb_lite.metrics.matching import equal_error_rate, influence_on_equal_error
from superb_lite.tasks.labels import Example


def pairs(labels):
    return [Example(f"p{i}", ("q", f"u{i}"), int(y)) for i, y in enumerate(labels)]


def eer(scores, labels):
    return metric("eer").score(pairs(labels), [float(s) for s in scores], ())


def test_the_influence_of_a_pair_is_what_more_of_it_would_change():
    # Against what many copies more of one voice's pairs do to the value itself.
    rng = np.random.default_rng(3)
    match = np.arange(4000) % 2 == 0
    scores = match + rng.standard_normal(4000)
    influence = influence_on_equal_error(scores, match)
    assert influence.mean() == pytest.approx(0.0, abs=1e-12)
    value = equal_error_rate(scores, match)
    for part in (slice(0, 400), slice(400, 800), np.flatnonzero(match & (scores < 0.3))[:200]):
        twice = np.concatenate([scores, scores[part]]), np.concatenate([match, match[part]])
        # Doubling a share e of the pairs moves the value by e / (1 + e) of their mean influence, for small e.
        expected = influence[part].sum() / len(twice[0])
        assert equal_error_rate(*twice) - value == pytest.approx(expected, abs=0.003)
    spread = np.sqrt(influence.var() / 4000)
    again = [equal_error_rate(match + rng.standard_normal(4000), match) for _ in range(200)]
    assert np.std(again) == pytest.approx(spread, rel=0.2)


def test_without_a_threshold_no_pair_has_influence():
    assert not influence_on_equal_error(np.arange(5.0), np.ones(5, dtype=bool)).any()
    assert not influence_on_equal_error(np.zeros(6), np.arange(6) % 2 == 0).any()


def slow_eer(scores, labels):
    """Walk from threshold to threshold until false alarms are no longer rarer than misses."""
    positive = [s for s, y in zip(scores, labels, strict=True) if y]
    negative = [s for s, y in zip(scores, labels, strict=True) if not y]
    previous = (0.0, 1.0)
    for threshold in sorted(set(scores), reverse=True):
        alarm = sum(s >= threshold for s in negative) / len(negative)
        miss = sum(s < threshold for s in positive) / len(positive)
        if alarm >= miss:
            # The point of the segment from `previous` on which both are equal.
            (a, m), (da, dm) = previous, (alarm - previous[0], miss - previous[1])
            t = (m - a) / (da - dm)
            return a + t * da
        previous = (alarm, miss)
    raise AssertionError("the last threshold accepts all")


# Few different scores, so that ties are common.
trials = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1)), min_size=2, max_size=30)


@given(trials)
def test_eer_is_that_of_the_definition(found):
    scores, labels = zip(*found, strict=True)
    expected = slow_eer(scores, labels) if len(set(labels)) == 2 else 0.5
    assert eer(scores, labels) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(5))
def test_eer_is_where_scikit_learns_roc_meets_the_diagonal(seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, 300)
    scores = np.round(labels + rng.standard_normal(300), 1)
    alarm, hit, _ = roc_curve(labels, scores, drop_intermediate=False)
    # The ROC is a function of the false alarms only where it is not vertical.
    curve = interp1d(alarm + 1e-12 * np.arange(len(alarm)), hit)
    expected = brentq(lambda x: 1 - x - float(curve(x)), 0.0, 1.0)
    assert eer(scores, labels) == pytest.approx(expected, abs=1e-6)


def test_values_that_are_known():
    assert eer([3, 2, 1, 0], [1, 1, 0, 0]) == 0.0
    assert eer([0, 1, 2, 3], [1, 1, 0, 0]) == 1.0
    assert eer([1, 1, 1, 1], [1, 1, 0, 0]) == 0.5


def test_the_directions():
    assert not higher_is_better(["eer"])


def test_a_cluster_has_the_influence_of_its_pairs():
    rng = np.random.default_rng(0)
    labels, clusters = rng.integers(0, 2, 40), np.arange(40) // 5
    scores = (labels + rng.standard_normal(40)).tolist()
    value, pseudo = metric("eer").jackknife(pairs(labels), scores, (), clusters)
    influence = influence_on_equal_error(np.array(scores), labels == 1)
    assert pseudo == pytest.approx([value + influence[clusters == c].sum() / 5 for c in range(8)])
    assert pseudo.mean() == pytest.approx(value)
