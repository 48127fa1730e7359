"""Scores on validation examples, by which something may be chosen: the test examples are not scored."""

from __future__ import annotations

from collections.abc import Sequence

from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.columns import check_column, load_data
from superb_lite.evaluation.problems import make_problem
from superb_lite.evaluation.run import Evaluator
from superb_lite.protocols.frozen import Frozen
from superb_lite.tasks.task import Task

_TESTED = 2
"""The fewest test examples that a problem may have; what is predicted for them is thrown away."""


def validation_scores(evaluator: Evaluator, tasks: Sequence[Task]) -> dict[str, float]:
    """By task, the mean over evaluation seeds of the score with which the frozen protocol chose its grid point.

    Each distinct item of all tasks is encoded once. The score is that of a head that has not seen the validation
    examples; since the best of a few grid points is taken, it is a little too good, by about as much for every encoder.

    Raises `SuperbLiteError` for a task that the frozen protocol does not go with, or that is chosen by no score.
    """
    how = Frozen()
    for task in tasks:
        check_column(task, how.name)
    load_data(tasks, evaluator.root)
    seeds = range(evaluator.first_seed, evaluator.first_seed + evaluator.seeds)
    problems = [make_problem(task, seeds=seeds, limit=_TESTED, root=evaluator.root) for task in tasks]
    evaluator.features.fetch(view for problem in problems for view in how.views(problem).values())
    found = {}
    for problem in problems:
        scores = [outcome.chosen.get("validation_score") for outcome in evaluator.outcomes(problem, how)]
        numbers = [float(score) for score in scores if isinstance(score, int | float)]
        if len(numbers) != len(scores):
            raise SuperbLiteError(f"'{problem.task.name}' has no score on validation examples: name another task")
        found[problem.task.name] = sum(numbers) / len(numbers)
    return found
