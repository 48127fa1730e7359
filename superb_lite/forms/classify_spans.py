"""classify-spans: one class for a stretch of an item, or for two stretches of one item or of two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from superb_lite.forms.base import View
from superb_lite.forms.classify import OneClass
from superb_lite.tasks.labels import Example, Item
from superb_lite.tasks.task import Task


class ClassifySpans(OneClass):
    """The mean feature of a stretch, or [|u - v|, u * v] of two: probing of edges (Tenney et al. 2019, section 3).

    `Example.places` says for each item which half-open stretch of raw input is asked about; whoever asks about two
    stretches of one item names it twice. The rest of an item is seen by the encoder alone, each item by itself.
    """

    name: ClassVar[str] = "classify-spans"

    def view(self, example: Example) -> View:
        return self.views(example)[0]

    def views(self, example: Example) -> tuple[View, ...]:
        return tuple(View("units", (place,)) for place in example.places)

    def units(self, example: Example) -> None:
        return None  # a stretch has no prediction of its own

    def check(self, example: Example, task: Task, items: Mapping[str, Item]) -> None:
        super().check(example, task, items)
        if len(example.places) != len(example.items):
            what = f"asks about {len(example.places)} places of {len(example.items)} items: name one of each"
            raise self.refuse(example, task, what)
        for key, (start, end) in zip(example.items, example.places, strict=True):
            item = items[key]
            # Only text and audio have a length.
            length = len(item) if isinstance(item, str) or getattr(item, "ndim", 0) == 1 else end
            if not 0 <= start < end <= length:
                what = f"asks about [{start}, {end}), which is empty or outside its item '{key}' ({length})"
                raise self.refuse(example, task, what)
