"""A modality under test, with raw items of its tasks."""

from __future__ import annotations

import functools
from typing import Any

from superb_lite import plugins
from superb_lite.modality import Modality
from superb_lite.testing.check import Options, Skipped
from superb_lite.testing.sample_items import sample_items

MOST_TASKS, MOST_ITEMS = 3, 40
"""How many tasks are looked at, and how many items of each."""


class ModalityCase:
    """One modality under test."""

    def __init__(self, subject: Modality, options: Options) -> None:
        self.modality = subject
        self.options = options
        self.name = f"modality '{subject.name}'"

    @functools.cached_property
    def items(self) -> dict[str, Any]:
        """Raw items by name."""
        if self.options.items is not None:
            return dict(self.options.items)
        tasks = plugins.embedded_tasks(self.modality.name)
        if not tasks:
            raise Skipped("it has no task whose data is at hand: give raw items")
        found = sample_items(self.modality.name, root=self.options.root)
        for task in tasks[:MOST_TASKS]:
            data = task.data(self.options.root)
            found |= {key: data.items[key] for example in data.test[:MOST_ITEMS] for key in example.items}
        return found
