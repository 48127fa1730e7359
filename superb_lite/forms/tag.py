"""tag: one class for each unit of an item. The task fixes the units, so every encoder is scored on the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from superb_lite.errors import SuperbLiteError
from superb_lite.forms.base import Form
from superb_lite.metrics import Prediction
from superb_lite.task import Example, Spans, Unit


class Tag(Form):
    """A unit's feature is the overlap-weighted mean of the positions that cover it."""

    name: ClassVar[str] = "tag"

    def units(self, example: Example) -> Spans | None:
        return [(unit.start, unit.end) for unit in _units(example)]

    def targets(self, example: Example) -> list[int]:
        return [unit.label for unit in _units(example)]

    def prediction(self, classes: Sequence[int]) -> Prediction:
        return tuple(classes)


def _units(example: Example) -> tuple[Unit, ...]:
    if isinstance(example.label, int) or not example.label:
        raise SuperbLiteError(f"example '{example.id}': a 'tag' task needs a tuple of units as its label")
    return example.label
