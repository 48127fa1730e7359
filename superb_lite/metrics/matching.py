"""Metrics of a similarity for each pair of items, where the label is 1 for a match and 0 for none."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from superb_lite.metrics.base import Metric, Prediction, WholeMetric, number
from superb_lite.tasks.labels import Example

Array = NDArray[np.float64]

BETA = 1.0 / 100.0 * (1.0 / 0.0008 - 1.0)
"""What a false alarm weighs against a miss: C_fa / C_miss * (1 / P_target - 1) with the costs of QUESST 2014 (Anguera
et al. 2015): C_fa = 1, C_miss = 100, P_target = 0.0008."""


def _eer(examples: Sequence[Example], predictions: Sequence[Prediction], labels: Sequence[str]) -> float:
    return equal_error_rate(_scores(predictions), _matches(examples))


def _mtwv(examples: Sequence[Example], predictions: Sequence[Prediction], labels: Sequence[str]) -> float:
    numbers: dict[str, int] = {}
    queries = np.array([numbers.setdefault(e.items[0], len(numbers)) for e in examples], dtype=np.int64)
    return maximum_term_weighted_value(_scores(predictions), _matches(examples), queries)


def equal_error_rate(scores: Array, match: NDArray[np.bool_]) -> float:
    """The error at the threshold where false alarms are as frequent as misses. scores, match: (N,).

    Pairs of one score are accepted together. Between two thresholds both rates are interpolated linearly, so the value
    is where the ROC, drawn with straight lines, meets the line on which both errors are equal; for constant scores that
    is 0.5. Without matches, or without anything else, no rate is defined and the value is 0.5, chance.
    """
    if match.all() or not match.any():
        return 0.5
    order = np.argsort(-scores, kind="stable")
    last = _last_of_ties(scores[order])
    false_alarm = np.concatenate([[0.0], np.cumsum(~match[order])[last] / np.sum(~match)])
    miss = 1.0 - np.concatenate([[0.0], np.cumsum(match[order])[last] / np.sum(match)])
    # False alarms rise from 0 to 1 and misses fall from 1 to 0, so they cross; `after` is the first point past it.
    gap = false_alarm - miss
    after = int(np.argmax(gap >= 0))
    before = after - 1
    share = -gap[before] / (gap[after] - gap[before])
    return float(miss[before] + share * (miss[after] - miss[before]))


def maximum_term_weighted_value(scores: Array, match: NDArray[np.bool_], queries: NDArray[np.int64]) -> float:
    """1 - mean over queries of (P_miss + BETA * P_false_alarm), at the best threshold (Fiscus et al. 2007).

    scores, match, queries: (N,), queries from 0 on without gaps. A trial is a pair, as in QUESST 2014: P_miss is the
    share of a query's matches that are not found, P_false_alarm the share of its other pairs that are. One threshold
    serves all queries; pairs of one score are accepted together. Queries without a match are left out, since they can
    miss nothing; a query with nothing but matches has no false alarms. The threshold may lie above all scores, so the
    value is never negative. 0 where no query has a match.
    """
    matches = np.bincount(queries, weights=match)
    others = np.bincount(queries, weights=~match)
    used = matches[queries] > 0
    scores, match, queries = scores[used], match[used], queries[used]
    if not len(scores):
        return 0.0
    gain = np.where(match, 1.0 / matches[queries], -BETA / np.maximum(others[queries], 1.0)) / np.sum(matches > 0)
    order = np.argsort(-scores, kind="stable")
    best = float(np.cumsum(gain[order])[_last_of_ties(scores[order])].max())
    return min(1.0, max(0.0, best))  # 1 is exceeded by no more than rounding


def _last_of_ties(ordered: Array) -> NDArray[np.int64]:
    """The positions in sorted scores after which the score changes."""
    return np.flatnonzero(np.append(np.diff(ordered) != 0, True))


def _scores(predictions: Sequence[Prediction]) -> Array:
    return np.array([number(p) for p in predictions])


def _matches(examples: Sequence[Example]) -> NDArray[np.bool_]:
    return np.array([e.label == 1 for e in examples])


METRICS: tuple[Metric, ...] = (
    WholeMetric("eer", frozenset({"verify"}), False, _eer),
    WholeMetric("mtwv", frozenset({"search"}), True, _mtwv, bounds=(-math.inf, 1.0)),
)
