"""Metrics of a similarity for each pair of items, where the label is 1 for a match and 0 for none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from superb_lite.metrics.base import Prediction, WholeMetric, number
from superb_lite.tasks.labels import Example

Array = NDArray[np.float64]


def _eer(examples: Sequence[Example], predictions: Sequence[Prediction], labels: Sequence[str]) -> float:
    return equal_error_rate(similarities(predictions), matches(examples))


def equal_error_rate(scores: Array, match: NDArray[np.bool_]) -> float:
    """The error at the threshold where false alarms are as frequent as misses. scores, match: (N,).

    Pairs of one score are accepted together. Between two thresholds both rates are interpolated linearly, so the value
    is where the ROC, drawn with straight lines, meets the line on which both errors are equal; for constant scores that
    is 0.5. Without matches, or without anything else, no rate is defined and the value is 0.5, chance.
    """
    if match.all() or not match.any():
        return 0.5
    order = np.argsort(-scores, kind="stable")
    last = last_of_ties(scores[order])
    false_alarm = np.concatenate([[0.0], np.cumsum(~match[order])[last] / np.sum(~match)])
    miss = 1.0 - np.concatenate([[0.0], np.cumsum(match[order])[last] / np.sum(match)])
    # False alarms rise from 0 to 1 and misses fall from 1 to 0, so they cross; `after` is the first point past it.
    gap = false_alarm - miss
    after = int(np.argmax(gap >= 0))
    before = after - 1
    share = -gap[before] / (gap[after] - gap[before])
    return float(miss[before] + share * (miss[after] - miss[before]))


def last_of_ties(ordered: Array) -> NDArray[np.int64]:
    """The positions in sorted scores after which the score changes."""
    return np.flatnonzero(np.append(np.diff(ordered) != 0, True))


def similarities(predictions: Sequence[Prediction]) -> Array:
    """(N,) predictions as numbers."""
    return np.array([number(p) for p in predictions])


def matches(examples: Sequence[Example]) -> NDArray[np.bool_]:
    """(N,) which pairs match."""
    return np.array([e.label == 1 for e in examples])


EER = WholeMetric("eer", frozenset({"similarity"}), False, _eer)
