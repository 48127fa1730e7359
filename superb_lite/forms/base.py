"""What all forms have in common: they turn examples into rows of a design matrix and rows into predictions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from superb_lite.metrics import Prediction
from superb_lite.task import Example, Spans


class Form(ABC):
    """An example has one row (classify) or one row per unit (tag); a head predicts a class for each row."""

    name: ClassVar[str]

    @abstractmethod
    def units(self, example: Example) -> Spans | None:
        """The units that the task fixes for this example, None where the whole item is the unit."""

    @abstractmethod
    def targets(self, example: Example) -> list[int]:
        """The class of every row of the example."""

    @abstractmethod
    def prediction(self, classes: Sequence[int]) -> Prediction:
        """The prediction for an example whose rows were given these classes."""
