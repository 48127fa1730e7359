"""What all protocols have in common."""

from __future__ import annotations

import dataclasses
import json
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from superb_lite.encoders.encoder import Encoder
from superb_lite.features.store import FeatureStore, ItemView, Progress
from superb_lite.forms import Form
from superb_lite.heads.problem import Outcome, Problem
from superb_lite.tasks.task import Task


def recorded(settings: Any) -> dict[str, Any]:
    """A dataclass of settings as plain JSON values, so that what is read back equals what was written."""
    values: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(settings)))
    return values


RULE = "rule"
"""The entry of recorded settings that says by which rule the others follow from the encoder, where they do. Results
under one rule can be compared whatever settings it gave."""


class Protocol(ABC):
    """How an encoder is used for a task."""

    name: ClassVar[str]
    """The word in `Task.protocols` and after `--protocol`, under which the protocol is registered."""

    forms: ClassVar[tuple[type[Form], ...]]
    """The classes of the forms that it goes with; it goes with forms of their subclasses, too."""

    def takes(self, form: Form) -> bool:
        """Whether the protocol goes with a form."""
        return isinstance(form, self.forms)

    any_encoder: ClassVar[bool] = True
    """Whether it asks no more of an encoder than features. Tasks whose default protocol asks for more are measured
    where they are named, and not where every task of a modality is meant."""

    def seeds_apart(self, task: Task, encoder: Encoder) -> bool:
        """Whether each evaluation seed is computed by itself, to the same bits as beside others, so that seeds can be
        shared out. No, where heads of all seeds are trained as one, or see the labelled items of all."""
        return False

    @abstractmethod
    def settings(self, form: Form, encoder: Encoder) -> dict[str, Any]:
        """The recorded settings of an encoder on tasks of a form: grid, steps and so on, as plain JSON values."""

    @abstractmethod
    def run(self, features: FeatureStore, problem: Problem, progress: Progress | None = None) -> list[Outcome]:
        """One outcome per seed. `features.encoder` is the encoder, which is left as it was."""

    def views(self, problem: Problem) -> dict[str, ItemView]:
        """The features that `run` will ask for, so that an item which several tasks share is encoded once for all."""
        return {}
