"""search: does an utterance hold a spoken query? Query by example, without training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from superb_lite.errors import SuperbLiteError
from superb_lite.forms.base import POSITIONS, MatchForm, View
from superb_lite.tasks.labels import Example, Item, TaskData
from superb_lite.tasks.task import Task


class Search(MatchForm):
    """Subsequence DTW between the positions of a query and those of an utterance (Hazen et al. 2009).

    An example is (query, utterance), labelled 1 where the utterance holds the query and 0 elsewhere. Nothing is
    trained; training and validation examples choose the layer, so the training split may be empty.
    """

    name: ClassVar[str] = "search"
    heads: ClassVar[tuple[str, ...]] = ("dtw",)
    trained: ClassVar[bool] = False

    def view(self, example: Example) -> View:
        return POSITIONS

    def check(self, example: Example, task: Task, items: Mapping[str, Item]) -> None:
        if example.label not in (0, 1):
            raise self.refuse(example, task, "needs the label 1 (the utterance holds the query) or 0")

    def check_splits(self, task: Task, data: TaskData) -> None:
        for part, examples in (("labelled", (*data.train, *data.validation)), ("test", data.test)):
            if {e.label for e in examples} != {0, 1}:
                raise SuperbLiteError(
                    f"task '{task.name}': its {part} examples need pairs that match and pairs that do not, as its form "
                    "is 'search'"
                )
