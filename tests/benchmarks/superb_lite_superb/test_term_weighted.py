"""MTWV against a loop over all thresholds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superb_lite.metrics import higher_is_better, metric
from superb_lite.tasks.labels import Example
from superb_lite_superb.term_weighted import BETA


def pairs(labels, queries):
    return [Example(f"p{i}", (f"{q}", f"u{i}"), int(y)) for i, (y, q) in enumerate(zip(labels, queries, strict=True))]


def mtwv(scores, labels, queries):
    return metric("mtwv").score(pairs(labels, queries), [float(s) for s in scores], ())


def slow_mtwv(scores, labels, queries):
    best = 0.0
    for threshold in set(scores):
        values = []
        for query in set(queries):
            mine = [(s, y) for s, y, q in zip(scores, labels, queries, strict=True) if q == query]
            positive, negative = [s for s, y in mine if y], [s for s, y in mine if not y]
            if positive:
                miss = sum(s < threshold for s in positive) / len(positive)
                alarm = sum(s >= threshold for s in negative) / len(negative) if negative else 0.0
                values.append(1 - miss - BETA * alarm)
        best = max(best, sum(values) / len(values)) if values else best
    return best


# Few different scores, so that ties are common.
trials = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1), st.integers(0, 2)), min_size=2, max_size=30)


@given(trials)
def test_mtwv_is_that_of_the_definition(found):
    scores, labels, queries = zip(*found, strict=True)
    assert mtwv(scores, labels, queries) == pytest.approx(slow_mtwv(scores, labels, queries))


def test_values_that_are_known():
    assert mtwv([3, 2, 1, 0], [1, 1, 0, 0], "aaaa") == 1.0
    # Nothing is worth finding where a false alarm comes first: one of two others costs 12.5 / 2.
    assert mtwv([3, 2, 1, 0], [0, 1, 1, 0], "aaaa") == 0.0
    # One threshold for all queries: the second query is found only together with a false alarm of the first.
    assert mtwv([9, 5, 4, 1], [1, 0, 1, 0], "aabb") == 0.5
    assert pytest.approx(12.49) == BETA


def test_queries_without_a_match_are_left_out():
    assert mtwv([9, 1, 10], [1, 0, 0], "aab") == 1.0
    assert mtwv([1, 2], [0, 0], "ab") == 0.0


def test_more_is_better():
    assert higher_is_better(["mtwv"])
