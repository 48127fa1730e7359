"""The floor of a task: what the best constant answer scores.

It needs no encoder and has no noise of training: whatever an encoder knows, a head on it can always fall back on one
answer. Each metric has its own best constant, found on the test labels themselves, so that no constant scores above 0
on the normalised scale, whichever way the metric favours ("always yes" has an F1 of 2/3 where half of the labels are
yes). What the test examples are a sample of has a floor of its own; the standard error says how near.
"""

from __future__ import annotations

from dataclasses import dataclass

from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.samples import Samples, samples_of
from superb_lite.forms import form_of
from superb_lite.metrics import metric
from superb_lite.metrics.statistics import Sample
from superb_lite.tasks.labels import TaskData
from superb_lite.tasks.task import Task


@dataclass(frozen=True)
class Floor:
    """The best constant answer by each metric."""

    samples: Samples
    """Tables of one row."""
    words: str
    """Which answers they are."""


def floor_of(task: Task, data: TaskData) -> Floor:
    """Raises `SuperbLiteError` for a task whose form has no constant answer."""
    constants = form_of(task).constants(task, data)
    if not constants:
        raise SuperbLiteError(f"task '{task.name}': form '{task.form}' names no constant answers (Form.constants)")
    answers = [[constant.answer(example) for example in data.test] for constant in constants]
    samples: dict[str, Sample] = {}
    words: dict[str, list[str]] = {}
    for name in task.metrics:
        scored = metric(name)
        sign = 1 if scored.higher_is_better else -1
        scores = [sign * scored.score(data.test, given, task.labels) for given in answers]
        best = max(range(len(scores)), key=scores.__getitem__)
        predictions = {e.id: answer for e, answer in zip(data.test, answers[best], strict=True)}
        samples[name] = samples_of(task, data.test, [predictions])[name]
        words.setdefault(constants[best].words, []).append(name)
    if len(words) == 1:
        return Floor(samples, next(iter(words)))
    return Floor(samples, "; ".join(f"{', '.join(names)}: {answer}" for answer, names in words.items()))
