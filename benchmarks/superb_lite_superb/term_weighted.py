"""The maximum term-weighted value of spoken search, with the costs of QUESST 2014, which SUPERB uses."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from superb_lite.metrics import Prediction, WholeMetric
from superb_lite.metrics.matching import Array, last_of_ties, matches, similarities
from superb_lite.tasks.labels import Example

BETA = 1.0 / 100.0 * (1.0 / 0.0008 - 1.0)
"""What a false alarm weighs against a miss: C_fa / C_miss * (1 / P_target - 1) with the costs of QUESST 2014 (Anguera
et al. 2015): C_fa = 1, C_miss = 100, P_target = 0.0008."""


def _mtwv(examples: Sequence[Example], predictions: Sequence[Prediction], labels: Sequence[str]) -> float:
    numbers: dict[str, int] = {}
    queries = np.array([numbers.setdefault(e.items[0], len(numbers)) for e in examples], dtype=np.int64)
    return maximum_term_weighted_value(similarities(predictions), matches(examples), queries)


def maximum_term_weighted_value(scores: Array, match: NDArray[np.bool_], queries: NDArray[np.int64]) -> float:
    """1 - mean over queries of (P_miss + BETA * P_false_alarm), at the best threshold (Fiscus et al. 2007).

    scores, match, queries: (N,), queries from 0 on without gaps. A trial is a pair, as in QUESST 2014: P_miss is the
    share of a query's matches that are not found, P_false_alarm the share of its other pairs that are. One threshold
    serves all queries; pairs of one score are accepted together. Queries without a match are left out, since they can
    miss nothing; a query with nothing but matches has no false alarms. The threshold may lie above all scores, so the
    value is never negative. 0 where no query has a match.
    """
    right = np.bincount(queries, weights=match)
    others = np.bincount(queries, weights=~match)
    used = right[queries] > 0
    scores, match, queries = scores[used], match[used], queries[used]
    if not len(scores):
        return 0.0
    gain = np.where(match, 1.0 / right[queries], -BETA / np.maximum(others[queries], 1.0)) / np.sum(right > 0)
    order = np.argsort(-scores, kind="stable")
    best = float(np.cumsum(gain[order])[last_of_ties(scores[order])].max())
    return min(1.0, max(0.0, best))  # 1 is exceeded by no more than rounding


MTWV = WholeMetric("mtwv", frozenset({"similarity"}), True, _mtwv, bounds=(-math.inf, 1.0))
