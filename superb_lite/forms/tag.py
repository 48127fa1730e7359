"""tag: one class for each unit of an item. The task fixes the units, so every encoder is scored on the same ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from superb_lite.forms.base import RowForm, View
from superb_lite.metrics import Prediction
from superb_lite.tasks.labels import Diarization, Example, Item, Unit
from superb_lite.tasks.task import Task


class Tag(RowForm):
    """A unit's feature is the overlap-weighted mean of the positions that cover it."""

    name: ClassVar[str] = "tag"
    predicts: ClassVar[str] = "units"

    def view(self, example: Example) -> View:
        return View("units", tuple((unit.start, unit.end) for unit in _units(example)))

    def check(self, example: Example, task: Task, items: Mapping[str, Item]) -> None:
        label, item = example.label, items[example.items[0]]
        if not isinstance(label, tuple) or isinstance(label, Diarization) or not label or not _units(example):
            raise self.refuse(example, task, "needs a tuple of units as its label, as its form is 'tag'")
        # Only text and audio have a length.
        end = len(item) if isinstance(item, str) or getattr(item, "ndim", 0) == 1 else None
        for unit in _units(example):
            if not 0 <= unit.label < len(task.labels):
                last = len(task.labels) - 1
                raise self.refuse(example, task, f"has class {unit.label}, but classes go from 0 to {last}")
            if not 0 <= unit.start < unit.end:
                raise self.refuse(example, task, f"has the empty unit [{unit.start}, {unit.end})")
            if end is not None and unit.end > end:
                raise self.refuse(example, task, f"has a unit that ends at {unit.end}, after its item ({end})")

    def targets(self, example: Example) -> Sequence[float]:
        return [unit.label for unit in _units(example)]

    def prediction(self, rows: Sequence[float]) -> Prediction:
        return tuple(int(row) for row in rows)


def _units(example: Example) -> tuple[Unit, ...]:
    label = example.label if isinstance(example.label, tuple) else ()
    return tuple(unit for unit in label if isinstance(unit, Unit))
