"""Accuracy on the two parts of MNLI's test split (Williams et al. 2018, section 2.1): genres that are also in training
(matched), and genres that are not (mismatched)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from superb_lite.metrics import CountMetric, Prediction
from superb_lite.metrics.base import Counts, share
from superb_lite.metrics.rows import accuracy_counts
from superb_lite.tasks.labels import Example


def _accuracy_counts_in(group: str) -> Callable[[Example, Prediction, Sequence[str]], Counts]:
    """Accuracy over the examples of one group (`Example.group`).

    Examples without a group count too: those of training and validation, which belong to no part of the test split.
    """

    def counts(example: Example, prediction: Prediction, labels: Sequence[str]) -> Counts:
        return accuracy_counts(example, prediction, labels) if example.group in ("", group) else np.zeros(2)

    return counts


MATCHED = CountMetric("matched_accuracy", frozenset({"class"}), True, _accuracy_counts_in("matched"), share)
MISMATCHED = CountMetric("mismatched_accuracy", frozenset({"class"}), True, _accuracy_counts_in("mismatched"), share)
