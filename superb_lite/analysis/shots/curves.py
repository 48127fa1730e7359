"""From answers to numbers: scores by group, task and number of solved examples, and what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from superb_lite.analysis.estimate import Estimate, across_samples, across_seeds
from superb_lite.analysis.shots.asking import Answers, Draws
from superb_lite.analysis.shots.groups import Group
from superb_lite.evaluation.constant_answers import floor_of
from superb_lite.evaluation.scoring import score_predictions
from superb_lite.heads.problem import Problem
from superb_lite.metrics import metric
from superb_lite.metrics.statistics import Sample, interval
from superb_lite.tasks.task import Task

How = Literal["calibrated", "plain", "finetuned"]
Of = tuple[Group, int, How]
"""What is compared: a group after so many solved examples."""


@dataclass(frozen=True)
class Measured:
    """All answers of all members of the groups."""

    groups: Sequence[Group]
    problems: Mapping[str, Problem]
    """By the names of tasks."""
    shots: tuple[int, ...]
    """Ascending."""
    answers: Mapping[tuple[str, str, int], Answers]
    """By the reference of a member, the name of a task and the number of solved examples."""
    _scored: dict[tuple[str, str, int, How], Sample] = field(default_factory=dict, compare=False, repr=False)

    def fitting(self, task: str) -> tuple[int, ...]:
        """Those of `shots` that the labelled examples of a task suffice for."""
        fewest = min(len(train) for train in self.problems[task].train)
        return tuple(k for k in self.shots if k <= fewest)

    def samples(self, group: Group, task: str, shots: int, how: How = "calibrated") -> list[Sample] | None:
        """Of each member, with a row for each draw of solved examples; None where nothing was fine-tuned."""
        found = []
        for name in group.members:
            key = (name, task, shots, how)
            draws: Draws | None = getattr(self.answers[name, task, shots], how)
            if draws is None:
                return None
            if key not in self._scored:
                problem = self.problems[task]
                scores = score_predictions(problem.task, problem.test, draws, None)
                values = np.array(scores.pseudo_values, dtype=np.float64)
                self._scored[key] = Sample(scores.score, values, scores.clusters)
            found.append(self._scored[key])
        return found

    def score(self, group: Group, task: str, shots: int, how: How = "calibrated") -> Estimate | None:
        """A fraction; with one pretraining seed the interval is over draws and test examples."""
        samples = self.samples(group, task, shots, how)
        if samples is None:
            return None
        found = estimate(samples)
        lowest, highest = np.mean([metric(name).bounds for name in self.problems[task].task.metrics], axis=0).tolist()
        ends = [None if end is None else min(max(end, lowest), highest) for end in (found.low, found.high)]
        return Estimate(found.value, ends[0], ends[1], found.n)

    def whole(self, group: Group, task: str, shots: int) -> float | None:
        """The mean share of prompts that were read whole."""
        shares = [self.answers[name, task, shots].whole for name in group.members]
        known = [share for share in shares if share is not None]
        return float(np.mean(known)) if known else None

    def difference(self, a: tuple[Group, int, How], b: tuple[Group, int, How], tasks: Sequence[str]) -> Estimate | None:
        """The mean over tasks of a - b, pretraining seed by pretraining seed; None where one was not measured.

        With one seed each, and one task, the interval is over draws and test examples.
        """
        pairs = [(self.samples(a[0], t, a[1], a[2]), self.samples(b[0], t, b[1], b[2])) for t in tasks]
        by_task: list[list[Sample]] = []
        for left, right in pairs:
            if left is None or right is None:
                return None
            by_task.append([x.minus(y) for x, y in zip(left, right, strict=False)])
        if len(by_task) == 1:
            return estimate(by_task[0])
        return across_seeds([float(np.mean([s.estimate for s in of])) for of in zip(*by_task, strict=True)])


def estimate(samples: Sequence[Sample]) -> Estimate:
    """Of one pretraining seed over draws and test examples, of several over seeds and test examples."""
    if len(samples) > 1:
        return across_samples(samples)
    found = interval(samples[0])
    return Estimate(found.estimate, found.lo, found.hi, 1)


def chance(task: Task, problem: Problem) -> float:
    """What the best constant answer scores."""
    return float(np.mean([sample.estimate for sample in floor_of(task, problem.data).samples.values()]))
