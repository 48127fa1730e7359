"""Metrics of a similarity for each pair of items, where the label is 1 for a match and 0 for none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from superb_lite.metrics.base import Prediction, WholeMetric, number
from superb_lite.tasks.labels import Example

Array = NDArray[np.float64]


def _eer(examples: Sequence[Example], predictions: Sequence[Prediction], labels: Sequence[str]) -> float:
    return equal_error_rate(similarities(predictions), matches(examples))


def _influence(examples: Sequence[Example], predictions: Sequence[Prediction], labels: Sequence[str]) -> Array:
    return influence_on_equal_error(similarities(predictions), matches(examples))


def equal_error_rate(scores: Array, match: NDArray[np.bool_]) -> float:
    """The error at the threshold where false alarms are as frequent as misses. scores, match: (N,).

    Pairs of one score are accepted together. Between two thresholds both rates are interpolated linearly, so the value
    is where the ROC, drawn with straight lines, meets the line on which both errors are equal; for constant scores that
    is 0.5. Without matches, or without anything else, no rate is defined and the value is 0.5, chance.
    """
    return _crossing(scores, match).rate


def accepted(scores: Array, match: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(N,) which pairs are taken for matches at the threshold where false alarms are as frequent as misses."""
    return _crossing(scores, match).accepted >= 0.5


class _Crossing(NamedTuple):
    """Where false alarms are as frequent as misses."""

    rate: float
    """Of both errors."""
    accepted: Array
    """(N,) 1 for pairs above the threshold, 0 below it, and between for those at it, of which a share is accepted."""


def _crossing(scores: Array, match: NDArray[np.bool_]) -> _Crossing:
    if match.all() or not match.any():
        return _Crossing(0.5, np.full(len(scores), 0.5))
    order = np.argsort(-scores, kind="stable")
    last = last_of_ties(scores[order])
    false_alarm = np.concatenate([[0.0], np.cumsum(~match[order])[last] / np.sum(~match)])
    miss = 1.0 - np.concatenate([[0.0], np.cumsum(match[order])[last] / np.sum(match)])
    # False alarms rise from 0 to 1 and misses fall from 1 to 0, so they cross; `after` is the first point past it.
    gap = false_alarm - miss
    after = int(np.argmax(gap >= 0))
    before = after - 1
    share = -gap[before] / (gap[after] - gap[before])
    accepted = np.zeros(len(scores))
    ends = np.concatenate([[0], last + 1])
    accepted[order[: ends[before]]] = 1.0
    accepted[order[ends[before] : ends[after]]] = share
    return _Crossing(float(miss[before] + share * (miss[after] - miss[before])), accepted)


def influence_on_equal_error(scores: Array, match: NDArray[np.bool_]) -> Array:
    """(N,) The influence of each pair on the equal error rate, of mean zero. scores, match: (N,).

    Where matches have the density f and others the density g at the threshold, a change of the misses by dm and of the
    false alarms by da moves the threshold, and the rate by (g dm + f da) / (f + g). The densities are counted among the
    sqrt(N) scores nearest to the threshold on either side, in the order of the scores. Leaving pairs out one by one
    would take them from the nearest score alone.
    """
    if match.all() or not match.any():
        return np.zeros(len(scores))
    rate, accepted = _crossing(scores, match)
    matching, others = int(match.sum()), int((~match).sum())
    place, near = round(float(accepted.sum())), max(10, math.isqrt(len(scores)))
    window = match[np.argsort(-scores, kind="stable")][max(0, place - near) : place + near]
    of_matches, of_others = window.mean() / matching, (~window).mean() / others
    weight = of_others / (of_matches + of_others)
    missed = weight * (1 - accepted - rate) * len(scores) / matching
    alarmed = (1 - weight) * (accepted - rate) * len(scores) / others
    found: Array = np.where(match, missed, alarmed)
    return found


def last_of_ties(ordered: Array) -> NDArray[np.int64]:
    """The positions in sorted scores after which the score changes."""
    return np.flatnonzero(np.append(np.diff(ordered) != 0, True))


def similarities(predictions: Sequence[Prediction]) -> Array:
    """(N,) predictions as numbers."""
    return np.array([number(p) for p in predictions])


def matches(examples: Sequence[Example]) -> NDArray[np.bool_]:
    """(N,) which pairs match."""
    return np.array([e.label == 1 for e in examples])


EER = WholeMetric("eer", frozenset({"similarity"}), False, _eer, _influence, all_or_nothing=True)
