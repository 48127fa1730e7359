"""regress: one number for an item, or for a pair of items."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from superb_lite.forms.base import MEAN, RowForm, View
from superb_lite.metrics import Prediction
from superb_lite.tasks.labels import Example, Item
from superb_lite.tasks.task import Task


class Regress(RowForm):
    """Least squares on the features that `classify` reads. Targets are standardised while a head is trained."""

    name: ClassVar[str] = "regress"
    predicts: ClassVar[str] = "number"
    arity: ClassVar[tuple[int, ...]] = (1, 2)
    link: ClassVar[Literal["softmax", "identity"]] = "identity"

    def view(self, example: Example) -> View:
        return MEAN

    def check(self, example: Example, task: Task, items: Mapping[str, Item]) -> None:
        if not isinstance(example.label, int | float) or not math.isfinite(example.label):
            raise self.refuse(example, task, "needs a finite number as its label, as its form is 'regress'")

    def targets(self, example: Example) -> Sequence[float]:
        assert isinstance(example.label, int | float)
        return (float(example.label),)

    def prediction(self, rows: Sequence[float]) -> Prediction:
        # Six digits: more are noise, and would make hashes of predictions depend on the machine.
        return float(f"{rows[0]:.6g}")

    def words(self, prediction: Prediction, example: Example, task: Task, items: Mapping[str, Item]) -> str:
        return f"{prediction:.3g}"
