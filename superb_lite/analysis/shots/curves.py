"""From answers to numbers: scores by group, task and number of solved examples, and what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from superb_lite.analysis.estimate import Estimate, across_samples, of_sample, stacked
from superb_lite.analysis.shots.asking import Answers, Draws
from superb_lite.analysis.shots.groups import Group
from superb_lite.analysis.transfer.samples import mean_over_tasks
from superb_lite.evaluation.constant_answers import floor_of
from superb_lite.evaluation.scoring import score_predictions
from superb_lite.heads.problem import Problem
from superb_lite.metrics import metric
from superb_lite.metrics.statistics import Sample, interval, mean_interval
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

    def difference(self, a: Of, b: Of, tasks: Sequence[str]) -> Estimate | None:
        """The mean over tasks of a - b, pretraining seed by pretraining seed; None where one was not measured.

        The interval is over pretraining seeds and test examples, with one seed each over draws and test examples.
        """
        by_task = []
        for task in tasks:
            left, right = self.samples(a[0], task, a[1], a[2]), self.samples(b[0], task, b[1], b[2])
            if left is None or right is None:
                return None
            by_task.append([left[i].minus(right[j]) for i, j in paired(a[0], b[0])])
        return _over_tasks(by_task)

    def larger_gain(self, a: Group, b: Group, most: int, least: int) -> Estimate:
        """By how much more a gains from so many solved examples than b, as `difference`, the mean over all tasks."""
        by_task = []
        for task in self.problems:
            gains = [
                [x.minus(y) for x, y in zip(*(self.samples(of, task, k) or [] for k in (most, least)), strict=True)]
                for of in (a, b)
            ]
            by_task.append([gains[0][i].minus(gains[1][j]) for i, j in paired(a, b)])
        return _over_tasks(by_task)


def paired(a: Group, b: Group) -> list[tuple[int, int]]:
    """The places of members of one pretraining seed; in the order given where not all say theirs, or share none."""
    seeds = [[(encoder.pretraining or {}).get("seed") for encoder in group.members.values()] for group in (a, b)]
    shared = [(i, seeds[1].index(seed)) for i, seed in enumerate(seeds[0]) if seed is not None and seed in seeds[1]]
    if shared and None not in seeds[0] + seeds[1]:
        first = {j: (i, j) for i, j in reversed(shared)}  # a seed that stands twice counts once
        return sorted(first.values())
    return [(i, i) for i in range(min(map(len, seeds)))]


def unpaired(a: Group, b: Group) -> list[str]:
    """The members of two groups that no difference of the two is about."""
    pairs = paired(a, b)
    kept = {list(group.members)[pair[side]] for side, group in enumerate((a, b)) for pair in pairs}
    return [name for group in (a, b) for name in group.members if name not in kept]


def _over_tasks(by_task: Sequence[Sequence[Sample]]) -> Estimate:
    """The mean over tasks of what each pair of members says of each."""
    if len(by_task[0]) > 1:
        return of_sample(mean_over_tasks([stacked(samples) for samples in by_task]))
    found = mean_interval([of[0] for of in by_task], [1 / len(by_task)] * len(by_task))
    return Estimate(found.estimate, found.lo, found.hi, 1)


def estimate(samples: Sequence[Sample]) -> Estimate:
    """Of one pretraining seed over draws and test examples, of several over seeds and test examples."""
    if len(samples) > 1:
        return across_samples(samples)
    found = interval(samples[0])
    return Estimate(found.estimate, found.lo, found.hi, 1)


def chance(task: Task, problem: Problem) -> float:
    """What the best constant answer scores."""
    return float(np.mean([sample.estimate for sample in floor_of(task, problem.data).samples.values()]))
