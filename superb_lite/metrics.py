"""Metrics as sums of counts: what one example contributes, and the value of the summed contributions.

Writing a metric this way makes leave-one-cluster-out values (`superb_lite.statistics`) a subtraction. Values are
fractions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superb_lite.errors import UnknownNameError
from superb_lite.task import Example

Prediction = int | tuple[int, ...]
"""classify: the index of a class; tag: one such index per unit of the example."""

Counts = NDArray[np.float64]


@dataclass(frozen=True)
class Metric:
    """form: the form of the tasks that it scores.
    counts: (example, prediction, class names) -> (k,) contributions of one example.
    value: (..., k) summed contributions -> (...) fractions."""

    name: str
    form: str
    higher_is_better: bool
    counts: Callable[[Example, Prediction, Sequence[str]], Counts]
    value: Callable[[Counts], Counts]


def _ratio(numerator: Counts, denominator: Counts) -> Counts:
    """Elementwise division in which 0 / 0 is 0."""
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)


def _accuracy_counts(example: Example, prediction: Prediction, labels: Sequence[str]) -> Counts:
    return np.array([float(prediction == example.label), 1.0])


def _unit_accuracy_counts(example: Example, prediction: Prediction, labels: Sequence[str]) -> Counts:
    gold, predicted = _unit_labels(example, prediction)
    return np.array([float(sum(g == p for g, p in zip(gold, predicted, strict=True))), float(len(gold))])


def _span_f1_counts(example: Example, prediction: Prediction, labels: Sequence[str]) -> Counts:
    gold, predicted = (bio_spans([labels[i] for i in tags]) for tags in _unit_labels(example, prediction))
    return np.array([float(len(gold & predicted)), float(len(predicted)), float(len(gold))])


def _unit_labels(example: Example, prediction: Prediction) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if isinstance(example.label, int) or isinstance(prediction, int):
        raise TypeError(f"example '{example.id}': a unit metric needs a label and a prediction for each unit")
    return tuple(unit.label for unit in example.label), prediction


def bio_spans(tags: Sequence[str]) -> set[tuple[int, int, str]]:
    """The (start, end, type) spans of a BIO tag sequence, end exclusive.

    As in the CoNLL-2000 evaluation, an I- tag that continues nothing of its type starts a span.
    """
    spans: set[tuple[int, int, str]] = set()
    start, kind = 0, ""
    for position, tag in enumerate([*tags, "O"]):
        prefix, _, tag_kind = tag.partition("-")
        if kind and (prefix != "I" or tag_kind != kind):
            spans.add((start, position, kind))
            kind = ""
        if prefix in ("B", "I") and not kind:
            start, kind = position, tag_kind
    return spans


METRICS = {
    metric.name: metric
    for metric in (
        Metric("accuracy", "classify", True, _accuracy_counts, lambda c: _ratio(c[..., 0], c[..., 1])),
        Metric("unit_accuracy", "tag", True, _unit_accuracy_counts, lambda c: _ratio(c[..., 0], c[..., 1])),
        Metric("span_f1", "tag", True, _span_f1_counts, lambda c: _ratio(2.0 * c[..., 0], c[..., 1] + c[..., 2])),
    )
}


def metric(name: str) -> Metric:
    """One metric by name."""
    if name not in METRICS:
        raise UnknownNameError("metric", name, METRICS)
    return METRICS[name]
