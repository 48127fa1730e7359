"""Metrics of one class per unit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from superb_lite.metrics.base import CountMetric, Counts, Prediction, f1, index, share
from superb_lite.tasks.labels import Diarization, Example, Unit


def _unit_accuracy_counts(example: Example, prediction: Prediction, labels: Sequence[str]) -> Counts:
    gold, predicted = _unit_labels(example, prediction)
    return np.array([float(sum(g == p for g, p in zip(gold, predicted, strict=True))), float(len(gold))])


def _span_f1_counts(example: Example, prediction: Prediction, labels: Sequence[str]) -> Counts:
    gold, predicted = (bio_spans([labels[i] for i in tags]) for tags in _unit_labels(example, prediction))
    return np.array([float(len(gold & predicted)), float(len(predicted)), float(len(gold))])


def _unit_labels(example: Example, prediction: Prediction) -> tuple[tuple[int, ...], tuple[int, ...]]:
    units = example.label
    if not isinstance(units, tuple) or not isinstance(prediction, tuple) or isinstance(units, Diarization):
        raise TypeError(f"example '{example.id}': a unit metric needs a label and a prediction for each unit")
    return tuple(unit.label for unit in units if isinstance(unit, Unit)), tuple(index(p) for p in prediction)


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


_UNITS = frozenset({"units"})

UNIT_ACCURACY = CountMetric("unit_accuracy", _UNITS, True, _unit_accuracy_counts, share)
SPAN_F1 = CountMetric("span_f1", _UNITS, True, _span_f1_counts, f1)
