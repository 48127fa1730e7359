"""The score of a whole task set, where its authors define one (GLUE does)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from superb_lite import plugins
from superb_lite.metrics.statistics import Interval, mean_interval
from superb_lite.results.result import Result
from superb_lite.tasks.taskset import TaskSet


def set_score(taskset: TaskSet, results: Mapping[str, Result]) -> Interval | None:
    """The mean over the groups of `TaskSet.average`, a fraction with its 95% interval.

    A task's score is the mean of its metrics, and a group's the mean of its tasks. None for a set without such a score,
    and where a task is missing or was limited to some of its examples: neither counts as a zero.

    results: by task name, all of one encoder under one protocol.
    """
    weights = {name: 1 / len(group) / len(taskset.average) for group in taskset.average for name in group}
    found = [results[name] for name in weights if name in results and results[name].limit is None]
    if not weights or len(found) < len(weights):
        return None
    return mean_interval([result.sample() for result in found], list(weights.values()))


def set_scores(results: Sequence[Result]) -> dict[tuple[str, str], dict[str, Interval]]:
    """By (task set, protocol) the score of each encoder that has one."""
    by_task: dict[tuple[str, str], dict[str, Result]] = {}
    for result in results:
        by_task.setdefault((result.encoder, result.protocol), {})[result.task] = result
    scores: dict[tuple[str, str], dict[str, Interval]] = {}
    for taskset in plugins.tasksets().values():
        for (encoder, protocol), of_encoder in by_task.items():
            score = set_score(taskset, of_encoder)
            if score is not None:
                scores.setdefault((taskset.name, protocol), {})[encoder] = score
    return scores
