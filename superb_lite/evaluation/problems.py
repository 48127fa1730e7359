"""From a task to the problem that a protocol is given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from superb_lite.errors import SuperbLiteError
from superb_lite.features.data_checks import check_data
from superb_lite.forms import form_of
from superb_lite.heads.problem import Problem
from superb_lite.results.predictions import MOST_ROWS
from superb_lite.tasks.labels import Example
from superb_lite.tasks.task import Task


def make_problem(task: Task, *, seeds: Sequence[int], limit: int | None, root: Path | None) -> Problem:
    """Load a task, check its data and draw the labelled subsets.

    Raises `SuperbLiteError` for bad data, and where there are more predictions than a result can be read with.
    """
    data = task.data(root)
    check_data(task, data)
    test = limited(data.test, limit)
    if len(test) * len(seeds) > MOST_ROWS:
        raise SuperbLiteError(
            f"task '{task.name}': {len(test):,} test examples at {len(seeds)} evaluation seeds are more than the "
            f"{MOST_ROWS:,} predictions that a result holds: give --limit or fewer --seeds"
        )
    draws = [task.train(seed, root) for seed in seeds]
    kind = form_of(task)
    if not all(validation and (train or not kind.trained) for train, validation in draws):
        raise SuperbLiteError(f"task '{task.name}' has too few labelled examples to train and to validate on")
    return Problem(task, kind, data, seeds, [d[0] for d in draws], [d[1] for d in draws], test)


def limited(test: tuple[Example, ...], limit: int | None) -> tuple[Example, ...]:
    """The test examples that `--limit` leaves: always the same ones, in order."""
    if limit is None or limit >= len(test):
        return test
    order = np.random.default_rng(0).permutation(len(test))[:limit]
    return tuple(test[i] for i in sorted(order))
