"""Metrics of one prediction per example: classes and numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from superb_lite.metrics.base import (
    CountMetric,
    Counts,
    Prediction,
    WholeMetric,
    f1,
    index,
    number,
    ratio,
    share,
)
from superb_lite.tasks.labels import Example


def accuracy_counts(example: Example, prediction: Prediction, labels: Sequence[str]) -> Counts:
    """Whether the prediction is the label, and 1."""
    return np.array([float(prediction == example.label), 1.0])


def _binary_f1_counts(example: Example, prediction: Prediction, labels: Sequence[str]) -> Counts:
    gold, predicted = example.label == 1, prediction == 1
    return np.array([float(gold and predicted), float(predicted), float(gold)])


def _confusion_counts(example: Example, prediction: Prediction, labels: Sequence[str]) -> Counts:
    matrix = np.zeros((len(labels), len(labels)))
    matrix[index(example.label), index(prediction)] = 1.0
    return matrix.reshape(-1)


def _mcc(counts: Counts) -> Counts:
    """Matthews correlation of a confusion matrix (Gorodkin 2004, equation 8); 0 for a constant prediction."""
    classes = round(counts.shape[-1] ** 0.5)
    matrix = counts.reshape(*counts.shape[:-1], classes, classes)
    total = matrix.sum(axis=(-2, -1))
    gold, predicted = matrix.sum(axis=-1), matrix.sum(axis=-2)
    right = np.trace(matrix, axis1=-2, axis2=-1)
    covariance = right * total - (gold * predicted).sum(axis=-1)
    spread = (total**2 - (predicted**2).sum(axis=-1)) * (total**2 - (gold**2).sum(axis=-1))
    return ratio(covariance, np.sqrt(spread))


def _macro_f1(counts: Counts) -> Counts:
    """The mean of the F1 of each class, of those that are a label or a prediction somewhere; counts: confusions."""
    classes = round(counts.shape[-1] ** 0.5)
    matrix = counts.reshape(*counts.shape[:-1], classes, classes)
    both = matrix.sum(axis=-1) + matrix.sum(axis=-2)
    right = np.diagonal(matrix, axis1=-2, axis2=-1)
    return ratio(ratio(2.0 * right, both).sum(axis=-1), (both > 0).sum(axis=-1).astype(np.float64))


def _moments(example: Example, prediction: Prediction, labels: Sequence[str]) -> Counts:
    x, y = number(example.label), number(prediction)
    return np.array([1.0, x, y, x * x, y * y, x * y])


def _pearson(counts: Counts) -> Counts:
    """Correlation of summed moments; 0 for a constant prediction."""
    n, x, y, xx, yy, xy = np.moveaxis(counts, -1, 0)
    spread = np.clip(n * xx - x * x, 0, None) * np.clip(n * yy - y * y, 0, None)
    # What rounding leaves of a constant's variance is none.
    spread = np.where(spread > 1e-18 * (n * xx) * (n * yy), spread, 0.0)
    return ratio(n * xy - x * y, np.sqrt(spread))


def _errors(example: Example, prediction: Prediction, labels: Sequence[str]) -> Counts:
    gold = number(example.label)
    return np.array([1.0, gold, gold * gold, (gold - number(prediction)) ** 2])


def _explained(counts: Counts) -> Counts:
    """The share of the labels' variance that the predictions explain, 1 - (sum of squared errors) / (sum of squares).

    0 for the mean of the labels, below 0 for what is worse; 0 where the labels do not vary.
    """
    n, gold, squared, errors = np.moveaxis(counts, -1, 0)
    total = squared - ratio(gold * gold, n)
    return ratio(np.where(total > 1e-9 * squared, total - errors, 0.0), total)


def _spearman(examples: Sequence[Example], predictions: Sequence[Prediction], labels: Sequence[str]) -> float:
    from scipy import stats

    x, y = np.array([number(e.label) for e in examples]), np.array([number(p) for p in predictions])
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    return float(stats.spearmanr(x, y).statistic)


def _spearman_influence(
    examples: Sequence[Example], predictions: Sequence[Prediction], labels: Sequence[str]
) -> Counts:
    return influence_on_rank_correlation(
        np.array([number(e.label) for e in examples]), np.array([number(p) for p in predictions])
    )


def influence_on_rank_correlation(x: Counts, y: Counts) -> Counts:
    """(N,) The influence of each pair on Spearman's correlation, of mean zero; 0 where one side is constant.

    Spearman's is Pearson's correlation of ranks, and more of a pair also raises the ranks of all that are above it
    (Croux & Dehon 2010, Statistical Methods & Applications 19:497-515, section 3, here with ties). x, y: (N,).
    """
    u, v = _ranks(x), _ranks(y)
    spread_u, spread_v, shared = (u * u).mean(), (v * v).mean(), (u * v).mean()
    if spread_u == 0 or spread_v == 0:
        return np.zeros(len(x))
    of_shared = u * v + _raised(x, v) + _raised(y, u) - 3 * shared
    of_u, of_v = u * u + 2 * _raised(x, u) - 3 * spread_u, v * v + 2 * _raised(y, v) - 3 * spread_v
    correlation = shared / np.sqrt(spread_u * spread_v)
    influence: Counts = of_shared / np.sqrt(spread_u * spread_v) - correlation / 2 * (of_u / spread_u + of_v / spread_v)
    return influence


def _ranks(values: Counts) -> Counts:
    """(N,) from -1/2 to 1/2: the share of values below, and half of those that are equal."""
    ordered = np.sort(values)
    below, up_to = (np.searchsorted(ordered, values, side) for side in ("left", "right"))
    ranks: Counts = (below + up_to) / (2 * len(values)) - 0.5
    return ranks


def _raised(values: Counts, weights: Counts) -> Counts:
    """(N,) for each value the mean over all of the weights of those above it, and half of those equal to it."""
    order = np.argsort(values, kind="stable")
    ordered, sums = values[order], np.concatenate([[0.0], np.cumsum(weights[order])])
    below, up_to = (sums[np.searchsorted(ordered, values, side)] for side in ("left", "right"))
    raised: Counts = (sums[-1] - (below + up_to) / 2) / len(values)
    return raised


_CLASSES = frozenset({"class"})
_NUMBERS = frozenset({"number"})

ACCURACY = CountMetric("accuracy", frozenset({"class", "choice"}), True, accuracy_counts, share, all_or_nothing=True)
F1 = CountMetric("f1", _CLASSES, True, _binary_f1_counts, f1)
MACRO_F1 = CountMetric("macro_f1", _CLASSES, True, _confusion_counts, _macro_f1)
MCC = CountMetric("mcc", _CLASSES, True, _confusion_counts, _mcc, bounds=(-1.0, 1.0))
PEARSON = CountMetric("pearson", _NUMBERS, True, _moments, _pearson, bounds=(-1.0, 1.0))
R2 = CountMetric("r2", _NUMBERS, True, _errors, _explained, bounds=(-np.inf, 1.0))
SPEARMAN = WholeMetric(
    "spearman", _NUMBERS, True, _spearman, _spearman_influence, left_out_up_to=3000, bounds=(-1.0, 1.0)
)
