"""Labelled strings, and the data of a task made of them."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from superb_lite.imports import resolve
from superb_lite.tasks.labels import Example, Item, Label, TaskData
from superb_lite.tasks.task import Task

Part = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class Labelled:
    """An item with its label."""

    id: str
    item: Item
    label: Label

    cluster: str | tuple[str, ...] = ""
    """See `Example.cluster`."""


def task_data(train: Iterable[Labelled], test: Iterable[Labelled]) -> TaskData:
    """The data of a few-label task, whose validation comes out of the label budget. Ids are those of the items, too."""
    train, test = tuple(train), tuple(test)
    items = {one.id: one.item for one in (*train, *test)}
    assert len(items) == len(train) + len(test), "two items have one id"
    return TaskData(items, _examples(train), _examples(test))


def _examples(part: Iterable[Labelled]) -> tuple[Example, ...]:
    return tuple(Example(one.id, (one.id,), one.label, one.cluster) for one in part)


def on_validation(task: Task) -> Task:
    """The same task, scored on its validation part: what encoders and objectives are developed on.

    Its name says so, and it is in no task set. The `load` of the task must take `part`.
    """
    assert isinstance(task.load, str)
    return dataclasses.replace(task, name=f"{task.name}-validation", load=_Validation(task.load))


@dataclass(frozen=True)
class _Validation:
    """Loads the validation part in the place of the test part."""

    load: str

    def __call__(self, root: Path | None) -> TaskData:
        function: Callable[..., TaskData] = resolve(self.load)
        return functools.partial(function, part="validation")(root)
