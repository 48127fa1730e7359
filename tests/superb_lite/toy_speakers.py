"""Made-up speaker verification: the features of an item say its speaker."""

from __future__ import annotations

import numpy as np

from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.task import Task
from tests.superb_lite.toy_tasks import one_hot, toy_task


def speakers(*, noise=0.0, copies=1, shuffle=False, seed=0, train=60, pairs=120):
    """Items of three speakers; pairs of items, every second one of the same speaker."""
    rng = np.random.default_rng(seed)
    items, said = {}, {}
    for i in range(train + 80):
        said[f"i{i}"] = i % 3
        shown = int(rng.integers(0, 3)) if shuffle else i % 3
        items[f"i{i}"] = one_hot([shown] * (1 + i % 4), scale=1.0, noise=noise, rng=rng, copies=copies)

    def part(name):
        found = []
        while len(found) < pairs:
            a, b = (f"i{train + j}" for j in rng.choice(80, 2, replace=False))
            if (said[a] == said[b]) == (len(found) % 2 == 0):
                found.append(Example(f"{name}{len(found)}", (a, b), 1 - len(found) % 2))
        return tuple(found)

    of_speakers = tuple(Example(f"t{i}", (f"i{i}",), i % 3) for i in range(train))
    return TaskData(items, of_speakers, part("test"), part("validation"))


def verify_task(data: TaskData, **changes) -> Task:
    return toy_task(data, form="verify", metrics=("eer",), protocols=("frozen",), **changes)
