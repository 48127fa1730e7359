"""classify: one class for an item, or for a pair of items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from superb_lite.forms.base import MEAN, RowForm, View
from superb_lite.metrics import Prediction
from superb_lite.metrics.base import index
from superb_lite.tasks.labels import Example, Item
from superb_lite.tasks.task import Task


class OneClass(RowForm):
    """A form whose label is the index of a class."""

    predicts: ClassVar[str] = "class"
    arity: ClassVar[tuple[int, ...]] = (1, 2)

    def check(self, example: Example, task: Task, items: Mapping[str, Item]) -> None:
        if not isinstance(example.label, int):
            raise self.refuse(example, task, f"needs the index of a class as its label, as its form is '{self.name}'")
        if not 0 <= example.label < len(task.labels):
            last = len(task.labels) - 1
            raise self.refuse(example, task, f"has class {example.label}, but classes go from 0 to {last}")

    def targets(self, example: Example) -> Sequence[float]:
        assert isinstance(example.label, int)
        return (example.label,)

    def prediction(self, rows: Sequence[float]) -> Prediction:
        return int(rows[0])

    def words(self, prediction: Prediction, example: Example, task: Task, items: Mapping[str, Item]) -> str:
        return task.labels[index(prediction)]


class Classify(OneClass):
    """The item's mean feature, or [|u - v|, u * v] of a pair (Tai et al. 2015, Tree-LSTM, section 4.2)."""

    name: ClassVar[str] = "classify"

    def view(self, example: Example) -> View:
        return MEAN
