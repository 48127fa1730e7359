"""verify: do two items belong together (the same speaker, say)? Scored by similarity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from superb_lite.errors import SuperbLiteError
from superb_lite.forms.base import MEAN, POSITIONS, MatchForm, View
from superb_lite.tasks.labels import Example, Item, TaskData
from superb_lite.tasks.task import Task


class Verify(MatchForm):
    """The cosine of two items' vectors.

    Validation and test examples are pairs of items, labelled 1 for a match and 0 for none. Training examples have one
    item, and the index of its class (its speaker) as their label; the classes need not be those of the test.

    Heads: "linear" takes the vectors from a linear classifier of the training classes, "cosine" takes the mean features
    themselves (both `superb_lite.heads.pairs`); "xvector" trains a network on all positions
    (`superb_lite.heads.xvector`).
    """

    name: ClassVar[str] = "verify"
    heads: ClassVar[tuple[str, ...]] = ("linear", "cosine", "xvector")
    arity: ClassVar[tuple[int, ...]] = (1, 2)

    def view(self, example: Example) -> View:
        return MEAN

    def with_head(self, head: str | None) -> Verify:
        return VerifyPositions() if head == "xvector" else self

    def check(self, example: Example, task: Task, items: Mapping[str, Item]) -> None:
        if not isinstance(example.label, int):
            raise self.refuse(example, task, "needs a whole number as its label, as its form is 'verify'")
        if len(example.items) == 2 and example.label not in (0, 1):
            raise self.refuse(example, task, f"is a pair with label {example.label}: it must be 1 (a match) or 0")
        if len(example.items) == 1 and not 0 <= example.label < len(task.labels):
            last = len(task.labels) - 1
            raise self.refuse(example, task, f"has class {example.label}, but classes go from 0 to {last}")

    def check_splits(self, task: Task, data: TaskData) -> None:
        for part, examples in (("validation", data.validation), ("test", data.test)):
            for example in examples:
                if len(example.items) != 2:
                    raise self.refuse(example, task, f"is a {part} example of form 'verify': it needs two items")
            if {e.label for e in examples} != {0, 1}:
                raise SuperbLiteError(
                    f"task '{task.name}': its {part} split needs pairs that match and pairs that do not, as its form "
                    "is 'verify'"
                )
        for example in data.train:
            if len(example.items) != 1:
                raise self.refuse(example, task, "is a training example of form 'verify': it needs one item")
        if len({e.label for e in data.train}) < 2:
            raise SuperbLiteError(f"task '{task.name}' has fewer than two classes in its training examples")


class VerifyPositions(Verify):
    """`Verify` for a head that reads every position."""

    def view(self, example: Example) -> View:
        return POSITIONS
