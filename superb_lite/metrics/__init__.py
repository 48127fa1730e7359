"""Metrics, by name."""

from __future__ import annotations

from collections.abc import Sequence

from superb_lite.errors import UnknownNameError
from superb_lite.metrics import matching, rows, sequences, slots, units
from superb_lite.metrics.base import CountMetric, Metric, Prediction, WholeMetric

__all__ = ["METRICS", "CountMetric", "Metric", "Prediction", "WholeMetric", "higher_is_better", "metric"]

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (*rows.METRICS, *units.METRICS, *sequences.METRICS, *slots.METRICS, *matching.METRICS)
}


def metric(name: str) -> Metric:
    """One metric by name."""
    if name not in METRICS:
        raise UnknownNameError("metric", name, METRICS)
    return METRICS[name]


def higher_is_better(names: Sequence[str]) -> bool:
    """Whether a larger score of a task with these metrics is a better one. A task's metrics all point one way."""
    return all(metric(name).higher_is_better for name in names)
