"""Metrics, by name, each imported when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from superb_lite import plugins
from superb_lite.metrics.base import CountMetric, Metric, Prediction, WholeMetric

__all__ = [
    "METRICS",
    "CountMetric",
    "Metric",
    "Prediction",
    "WholeMetric",
    "all_or_nothing",
    "higher_is_better",
    "metric",
]

METRICS: plugins.Registry[Metric] = plugins.Registry(
    plugins.METRICS, kind="metric", base="superb_lite.metrics.base:Metric"
)


def metric(name: str) -> Metric:
    """One metric by name. Raises `UnknownNameError` for a name that nobody has."""
    return METRICS[name]


def higher_is_better(names: Sequence[str]) -> bool:
    """Whether a larger score of a task with these metrics is a better one. A task's metrics all point one way."""
    return all(metric(name).higher_is_better for name in names)


def all_or_nothing(names: Sequence[str]) -> bool:
    """Whether a task with these metrics counts examples that are right; False for metrics that nobody has."""
    return all(name in METRICS and metric(name).all_or_nothing for name in names)
