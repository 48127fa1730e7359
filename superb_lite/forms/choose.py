"""choose: which of several continuations is the most likely after a context?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from superb_lite.forms.base import MEAN, Constant, Form, View
from superb_lite.metrics import Prediction
from superb_lite.metrics.base import index
from superb_lite.tasks.labels import Example, Item, TaskData
from superb_lite.tasks.task import Task


class Choose(Form):
    """example.items = (context, choice, choice, ...); the label is the index of the right choice, from 0 on.

    It needs likelihoods instead of features, so only the protocol `incontext` goes with it.
    """

    name: ClassVar[str] = "choose"
    predicts: ClassVar[str] = "choice"
    heads: ClassVar[tuple[str, ...]] = ()
    arity: ClassVar[tuple[int, ...]] = tuple(range(3, 28))

    def view(self, example: Example) -> View:
        # No protocol of this form asks for features; whoever does gets the least.
        return MEAN

    def check(self, example: Example, task: Task, items: Mapping[str, Item]) -> None:
        choices = len(example.items) - 1
        if not isinstance(example.label, int) or not 0 <= example.label < choices:
            raise self.refuse(example, task, f"needs the index of its right choice, 0 to {choices - 1}, as its label")

    def constants(self, task: Task, data: TaskData) -> Sequence[Constant]:
        fewest = min(len(example.items) - 1 for example in data.test)
        return [Constant.of(f"always choice {n + 1}", n) for n in range(fewest)]

    def words(self, prediction: Prediction, example: Example, task: Task, items: Mapping[str, Item]) -> str:
        choice = items[example.items[1 + index(prediction)]]
        return choice if isinstance(choice, str) else f"choice {index(prediction) + 1}"

    def label_words(self, example: Example, task: Task, items: Mapping[str, Item]) -> str:
        return self.words(index(example.label), example, task, items)
