"""tag: one class for each unit of an item. The task fixes the units, so every encoder is scored on the same ones."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import ClassVar

from superb_lite.forms.base import RowForm, View
from superb_lite.metrics import Prediction
from superb_lite.metrics.base import index
from superb_lite.metrics.units import bio_spans
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

    def words(self, prediction: Prediction, example: Example, task: Task, items: Mapping[str, Item]) -> str:
        """The tags; of a text each behind what it stands for, in the notation of Ramshaw and Marcus (1995; "B-", "I-",
        "O") each stretch as one: "the cat/ANIMAL sat". Of anything else in a row, "SIL HH×6"."""
        item, units = items[example.items[0]], _units(example)
        names = [task.labels[index(tag)] for tag in prediction]  # type: ignore[union-attr]
        if len(names) != len(units):
            raise TypeError(f"example '{example.id}' has {len(units)} units, and {len(names)} tags")
        if not isinstance(item, str):
            runs = [(name, len(list(run))) for name, run in itertools.groupby(names)]
            return " ".join(name if length == 1 else f"{name}×{length}" for name, length in runs)
        if all(name == "O" or name[:2] in ("B-", "I-") for name in task.labels):
            stretches = _stretches(names)
        else:
            stretches = [(number, number + 1, name) for number, name in enumerate(names)]
        words = [(item[units[first].start : units[end - 1].end].strip(), kind) for first, end, kind in stretches]
        return " ".join(f"{text}/{kind}" if kind else text for text, kind in words)


def _stretches(names: Sequence[str]) -> list[tuple[int, int, str]]:
    """The (first, end, kind) stretches of BIO tags, and those between them, which are of kind ""."""
    found: list[tuple[int, int, str]] = []
    at = 0
    for first, end, kind in sorted(bio_spans(names)):
        found += [(at, first, "")] * (at < first) + [(first, end, kind)]
        at = end
    return found + [(at, len(names), "")] * (at < len(names))


def _units(example: Example) -> tuple[Unit, ...]:
    label = example.label if isinstance(example.label, tuple) else ()
    return tuple(unit for unit in label if isinstance(unit, Unit))
