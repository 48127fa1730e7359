"""Problem and Outcome: what a protocol is given, and what it gives back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from superb_lite.features.store import ItemView
from superb_lite.forms import Form
from superb_lite.metrics import Prediction, higher_is_better, metric
from superb_lite.tasks.labels import MEMBERS, Example, Item, TaskData
from superb_lite.tasks.task import Task


@dataclass(frozen=True)
class Problem:
    """A task as one protocol sees it: the examples that each evaluation seed may train on, and the test examples."""

    task: Task
    form: Form
    data: TaskData
    seeds: Sequence[int]
    train: Sequence[tuple[Example, ...]]
    validation: Sequence[tuple[Example, ...]]
    test: tuple[Example, ...]

    def of_seed(self, number: int) -> Problem:
        """The same problem with one of its seeds."""
        return dataclasses.replace(
            self,
            seeds=[self.seeds[number]],
            train=[self.train[number]],
            validation=[self.validation[number]],
        )

    def item(self, example: Example) -> Item:
        """The raw item of a single-item example."""
        return self.data.items[example.items[0]]

    def examples(self) -> dict[str, Example]:
        """Every example that is trained on, chosen by or scored, by id."""
        return {**self.labelled(), **{e.id: e for e in self.test}}

    def keys(self, example: Example) -> tuple[str, ...]:
        """The keys of the example's items in a `FeatureTable`: units belong to the example, all else to the item."""
        if self.form.view(example).kind != "units":
            return example.items
        return tuple(f"{example.id}{MEMBERS}{place}" if place else example.id for place in range(len(example.items)))

    def views(self) -> dict[str, ItemView]:
        """What of each item is needed, under the keys of `keys`."""
        return {
            key: ItemView(self.data.items, item, view)
            for example in self.examples().values()
            for key, item, view in zip(self.keys(example), example.items, self.form.views(example), strict=True)
        }

    def score(self, predictions: Mapping[str, Prediction], examples: Sequence[Example]) -> float:
        """The task's score, the mean of its metrics, of the predictions for some examples."""
        given = [predictions[e.id] for e in examples]
        return float(np.mean([metric(name).score(examples, given, self.task.labels) for name in self.task.metrics]))

    def rating(self, predictions: Mapping[str, Prediction], examples: Sequence[Example]) -> float:
        """The score, turned so that more is better."""
        score = self.score(predictions, examples)
        return score if higher_is_better(self.task.metrics) else -score

    def signed(self, rating: float) -> float:
        """The score, in its own direction, of a rating."""
        return rating if higher_is_better(self.task.metrics) else -rating

    def labels_of(self, seed: int) -> tuple[Example, ...]:
        """All labelled examples that seed number `seed` may use, validation first."""
        return (*self.validation[seed], *self.train[seed])

    def labelled(self) -> dict[str, Example]:
        """Every training and validation example of any seed, by id."""
        return {e.id: e for part in (*self.train, *self.validation) for e in part}


@dataclass(frozen=True)
class Outcome:
    """What one evaluation seed gave."""

    seed: int
    """Its number."""
    predictions: Mapping[str, Prediction]
    """By the id of the test example."""
    chosen: Mapping[str, Any]
    """The grid point and whatever else was decided on validation."""
    parameters: Mapping[str, int] = field(default_factory=dict)
    """How many parameters were trained, {"encoder": n, "head": n}."""
