"""What predictions score on the test examples, metric by metric, as tables that intervals are made from."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

import numpy as np

from superb_lite.evaluation.scoring import Predictions, score_predictions
from superb_lite.metrics.statistics import Sample, interval
from superb_lite.results.scale import Scale
from superb_lite.tasks.labels import Example
from superb_lite.tasks.task import Task

Samples = Mapping[str, Sample]
"""By metric."""


def samples_of(task: Task, test: Sequence[Example], predictions: Sequence[Predictions]) -> Samples:
    """Every metric of the task, a table with one row for each of `predictions` and one column for each test cluster."""
    found = {}
    for name in task.metrics:
        scores = score_predictions(dataclasses.replace(task, metrics=(name,)), test, predictions, None)
        found[name] = Sample(scores.score, np.array(scores.pseudo_values), scores.clusters)
    return found


def estimates(samples: Samples) -> dict[str, float]:
    """The scores, as a calibration file keeps them."""
    return {name: round(sample.estimate, 4) for name, sample in samples.items()}


def standard_errors(samples: Samples) -> dict[str, float]:
    """Of `estimates`: the noise of test clusters, and of rows where there are several."""
    return {name: round(math.sqrt(interval(sample).variance), 5) for name, sample in samples.items()}


def on_scale(samples: Samples, scale: Scale) -> Sample:
    """The mean over metrics on the normalised scale, whose ends are taken as exact."""
    parts = [sample.scaled(*scale.coefficients(name)) for name, sample in samples.items()]
    total = parts[0]
    for part in parts[1:]:
        total = total.plus(part)
    return total.scaled(1 / len(parts))


def in_percent(samples: Samples) -> str:
    """For people."""
    return ", ".join(f"{name} {100 * sample.estimate:.1f}" for name, sample in samples.items())
