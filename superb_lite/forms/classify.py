"""classify: one class for a whole item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from superb_lite.errors import SuperbLiteError
from superb_lite.forms.base import Form
from superb_lite.metrics import Prediction
from superb_lite.task import Example, Spans


class Classify(Form):
    """The item's mean feature, one class."""

    name: ClassVar[str] = "classify"

    def units(self, example: Example) -> Spans | None:
        return None

    def targets(self, example: Example) -> list[int]:
        if not isinstance(example.label, int):
            raise SuperbLiteError(f"example '{example.id}': a 'classify' task needs the index of a class as its label")
        return [example.label]

    def prediction(self, classes: Sequence[int]) -> Prediction:
        return classes[0]
