"""How good a prediction is by itself, example by example, where that can be said."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from superb_lite.forms import form_of
from superb_lite.metrics import CountMetric, Prediction, metric
from superb_lite.metrics.base import f1, number, share
from superb_lite.metrics.matching import accepted, matches, similarities
from superb_lite.tasks.labels import Example
from superb_lite.tasks.task import Task

NUMBERS = "number"
"""The kind of prediction (`superb_lite.forms.Form.predicts`) that is never just right or wrong."""


def example_scores(
    task: Task, examples: Sequence[Example], predictions: Sequence[Prediction]
) -> list[float] | list[None]:
    """For each test example how good its prediction is: 1 is perfect, and more is better for every metric.

    By what is predicted:

    - a class or choice: 1 or 0;
    - a similarity: 1 or 0, with the threshold at which false alarms are as frequent as misses;
    - a number: minus the absolute error;
    - anything else: the task's metrics of this example alone, an error rate e as 1 - e; None for all where no metric
      says anything of one example.
    """
    kind = form_of(task).predicts
    if kind in ("class", "choice"):
        return [float(p == e.label) for e, p in zip(examples, predictions, strict=True)]
    if kind == "similarity":
        match = matches(examples)
        right: list[float] = (accepted(similarities(predictions), match) == match).astype(float).tolist()
        return right
    if kind == NUMBERS:
        return [0.0 - abs(number(p) - number(e.label)) for e, p in zip(examples, predictions, strict=True)]
    of_one = [found for name in task.metrics if isinstance(found := metric(name), CountMetric) and _says(found)]
    if not of_one:
        return [None] * len(examples)
    return [
        float(np.mean([_alone(each, e, p, task.labels) for each in of_one]))
        for e, p in zip(examples, predictions, strict=True)
    ]


def _says(of: CountMetric) -> bool:
    """Whether the metric means something of a single example: a share of it, not a correlation."""
    return of.value in (share, f1)


def _alone(of: CountMetric, example: Example, prediction: Prediction, labels: Sequence[str]) -> float:
    counts = of.counts(example, prediction, labels)
    if of.value is f1 and not counts.any():  # nothing to be found, and nothing was
        return 1.0
    if of.value is share and counts[-1] == 0:  # no reference: all that there is is wrong
        return float(counts[0] == 0)
    value = float(of.value(counts))
    return value if of.higher_is_better else 1.0 - value
