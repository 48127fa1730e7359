"""EER against other ways to compute it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import interp1d
from scipy.optimize import brentq
from sklearn.metrics import roc_curve

from superb_lite.metrics import higher_is_better, metric
from superb_lite.tasks.labels import Example


def pairs(labels):
    return [Example(f"p{i}", ("q", f"u{i}"), int(y)) for i, y in enumerate(labels)]


def eer(scores, labels):
    return metric("eer").score(pairs(labels), [float(s) for s in scores], ())


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


def test_jackknife_leaves_each_cluster_out():
    rng = np.random.default_rng(0)
    labels, clusters = rng.integers(0, 2, 40), np.arange(40) // 5
    scores = (labels + rng.standard_normal(40)).tolist()
    value, pseudo = metric("eer").jackknife(pairs(labels), scores, (), clusters)
    kept = clusters != 3
    without = eer(np.array(scores)[kept], labels[kept])
    assert pseudo[3] == pytest.approx(8 * value - 7 * without)
