"""What the forms have in common. A form says how features of items become predictions for examples.

There are three kinds. A `RowForm` reads one feature row per example or per unit, so that linear heads of all evaluation
seeds and grid points are trained together (`superb_lite.heads.linear`). A `SequenceForm` reads whole sequences and is
trained example by example (`superb_lite.heads.sequence_heads`). A `MatchForm` compares the two items of an example.
`choose` is of none of these: it asks for likelihoods, not for features.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from superb_lite.errors import SuperbLiteError
from superb_lite.metrics import Prediction
from superb_lite.tasks.labels import Example, Item, Spans, TaskData
from superb_lite.tasks.task import Task

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class View:
    """What of an item's features is kept."""

    kind: Literal["mean", "grid", "units", "positions", "box"]
    """One vector for all positions, the vectors of the quarters of an image joined to one, a vector for each of
    `units`, every position with its span, segment and window, or one vector for a part of an image."""

    units: tuple[tuple[int, int], ...] = ()
    """Half-open stretches of raw input. Of a box: its rows and its columns, in thousandths of height and width."""


MEAN, POSITIONS = View("mean"), View("positions")
"""The views that are the same of every item."""


@dataclass(frozen=True)
class Constant:
    """One answer to every example, whatever its items are."""

    words: str
    """What it says, for people."""

    answer: Callable[[Example], Prediction]
    """Repeats the answer for as many units as an example has."""

    @classmethod
    def of(cls, words: str, answer: Prediction) -> Constant:
        """Of one prediction that fits every example."""
        return cls(words, lambda example: answer)


class Form(ABC):
    """How features become predictions."""

    name: ClassVar[str]
    """The word in `Task.form`, under which the form is registered."""

    predicts: ClassVar[str]
    """The kind of its predictions (`superb_lite.metrics.Prediction`): a metric that takes this kind scores the form."""

    heads: ClassVar[tuple[str, ...]] = ("linear",)
    """What may be trained on frozen features, the default first."""

    arity: ClassVar[tuple[int, ...]] = (1,)
    """How many items an example may have."""

    trained: ClassVar[bool] = True
    """Whether there must be training examples."""

    @abstractmethod
    def view(self, example: Example) -> View:
        """The view of the example's items that is needed."""

    def views(self, example: Example) -> tuple[View, ...]:
        """The view of each of the example's items, where they differ."""
        return (self.view(example),) * len(example.items)

    @abstractmethod
    def check(self, example: Example, task: Task, items: Mapping[str, Item]) -> None:
        """Refuse a label that is not of this form or lies outside the raw input. Raises `SuperbLiteError`."""

    def with_head(self, head: str | None) -> Form:
        """The form as a head needs it; most forms keep the same view of an item for all of their heads."""
        return self

    def check_splits(self, task: Task, data: TaskData) -> None:  # noqa: B027
        """Refuse splits that lack what the form needs of them as a whole. Most forms need nothing more."""

    def units(self, example: Example) -> Spans | None:
        """The units that the task fixes for the example; None for forms without units."""
        view = self.view(example)
        return view.units if view.kind == "units" else None

    def truth(self, example: Example) -> Prediction | None:
        """The prediction that a test example's label stands for; None where a label cannot be one."""
        return None

    def constants(self, task: Task, data: TaskData) -> Sequence[Constant]:
        """The constant answers that could score best; the best of them is the floor of the task's scale.

        They may follow from labels, but never from items. Empty: the form has none, and its tasks have no floor.
        """
        return ()

    def words(self, prediction: Prediction, example: Example, task: Task, items: Mapping[str, Item]) -> str:
        """A prediction as people read it."""
        return str(prediction)

    def label_words(self, example: Example, task: Task, items: Mapping[str, Item]) -> str:
        """The label of a test example as people read it, in the words of a prediction where it can be one."""
        truth = self.truth(example)
        return str(example.label) if truth is None else self.words(truth, example, task, items)

    def refuse(self, example: Example, task: Task, what: str) -> SuperbLiteError:
        """The error about one example's label."""
        return SuperbLiteError(f"task '{task.name}': example '{example.id}' {what}")


class RowForm(Form):
    """One row per example, or one per unit."""

    link: ClassVar[Literal["softmax", "identity"]] = "softmax"
    """How a head's outputs are trained: "softmax" (cross entropy) or "identity" (squared error)."""

    def check_splits(self, task: Task, data: TaskData) -> None:
        if len({target for example in data.train for target in self.targets(example)}) < 2:
            what = "classes" if self.link == "softmax" else "numbers"
            raise SuperbLiteError(f"task '{task.name}' has fewer than two {what} in its training examples")
        arity = len(data.test[0].items)
        for example in (*data.train, *data.validation, *data.test):
            if len(example.items) != arity:
                raise self.refuse(example, task, f"has {len(example.items)} items, but '{data.test[0].id}' has {arity}")

    @abstractmethod
    def targets(self, example: Example) -> Sequence[float]:
        """What each row should say: the index of a class, or a number."""

    @abstractmethod
    def prediction(self, rows: Sequence[float]) -> Prediction:
        """The prediction of an example from what was decided for each of its rows."""

    def truth(self, example: Example) -> Prediction | None:
        return self.prediction(self.targets(example))

    def outputs(self, task: Task) -> int:
        """How many outputs a head has."""
        return len(task.labels) if self.link == "softmax" else 1

    def constants(self, task: Task, data: TaskData) -> Sequence[Constant]:
        if self.link == "softmax":
            return [Constant(f"always '{label}'", self._always(number)) for number, label in enumerate(task.labels)]
        targets = [target for example in data.train for target in self.targets(example)]
        return [Constant("always the mean of the training labels", self._always(sum(targets) / len(targets)))]

    def _always(self, value: float) -> Callable[[Example], Prediction]:
        return lambda example: self.prediction([value] * len(self.targets(example)))


@dataclass(frozen=True)
class Positions:
    """Where the positions of a padded batch lie."""

    mask: Tensor
    """(B, T) bool, False on padding."""
    spans: Tensor
    """(B, T, 2) int64, half-open stretches in raw-input units."""
    segment: Tensor
    """(B, T) int64, 1 for the second text of a pair."""
    window: Tensor
    """(B, T) int64, the row of the encoder's batch that the position comes from, counted within the item."""


class SequenceForm(Form):
    """A head reads all positions (or units) of an item and has one vector of outputs for each."""

    heads: ClassVar[tuple[str, ...]] = ("linear", "bilstm")

    @abstractmethod
    def outputs(self, task: Task) -> int:
        """How many outputs a head has for each position."""

    def too_short(self, positions: int, example: Example) -> bool:
        """Whether the label asks for more positions than the item has, so that `loss` repeats some."""
        return False

    @abstractmethod
    def loss(self, outputs: Tensor, positions: Positions, examples: Sequence[Example], task: Task) -> Tensor:
        """Mean loss of a batch. outputs: (B, T, K)."""

    @abstractmethod
    def prediction(
        self, outputs: Tensor, positions: Positions, example: Example, task: Task, items: Mapping[str, Item]
    ) -> Prediction:
        """Decode one example. outputs: (T, K); positions: of this example alone, (1, T), without padding."""


class MatchForm(Form):
    """A score for the two items of an example, the higher the more alike."""

    predicts: ClassVar[str] = "similarity"
    arity: ClassVar[tuple[int, ...]] = (2,)

    def words(self, prediction: Prediction, example: Example, task: Task, items: Mapping[str, Item]) -> str:
        return f"{prediction:.3f}"

    def label_words(self, example: Example, task: Task, items: Mapping[str, Item]) -> str:
        return "match" if example.label == 1 else "no match"

    def truth(self, example: Example) -> Prediction | None:
        return float(example.label == 1)

    def constants(self, task: Task, data: TaskData) -> Sequence[Constant]:
        return [Constant.of("all pairs equally alike", 0.0)]
