"""frozen: the encoder is not trained; a head is, on standardised features (SUPERB's protocol)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.features.store import FeatureStore, ItemView, Progress
from superb_lite.features.table import FeatureTable
from superb_lite.forms import Form, MatchForm, RowForm, SequenceForm, form_of
from superb_lite.forms.verify import VerifyPositions
from superb_lite.heads import fit_rows, pairs, sequence_heads, xvector
from superb_lite.heads.fit_rows import CROSS_VALIDATED
from superb_lite.heads.linear import ProbeSettings
from superb_lite.heads.problem import Outcome, Problem
from superb_lite.heads.training import SequenceSettings
from superb_lite.protocols.base import Protocol, recorded
from superb_lite.tasks.task import FOLDS, Task


class Frozen(Protocol):
    """For each seed: train a head per grid point, choose on validation, train again on training + validation.

    Tasks of at most `CROSS_VALIDATED` labels choose by cross-validation within them.

    The task's score decides, and the loss where scores are equal, as they often are when validation holds a handful of
    examples.
    Layers of equal width are summed under learned softmax weights; of layers that differ in width one is chosen, like a
    grid point.

    Sequences for which the budget of features on disk has no room are encoded again whenever a head reads them; the
    outcome says how many these are.

    layer: read this layer only.
    """

    name: ClassVar[str] = "frozen"
    forms: ClassVar[tuple[type[Form], ...]] = (RowForm, SequenceForm, MatchForm)

    def __init__(
        self, probe: ProbeSettings | None = None, *, sequence: SequenceSettings | None = None, layer: int | None = None
    ) -> None:
        self.probe = probe or ProbeSettings()
        self.sequence = sequence or SequenceSettings()
        self.layer = layer

    def settings(self, form: Form, encoder: Encoder) -> dict[str, Any]:
        only = {} if self.layer is None else {"layer": self.layer}
        if isinstance(form, SequenceForm | VerifyPositions):
            return {**recorded(self.sequence), **only}
        return {**recorded(self.probe), "cross_validated": CROSS_VALIDATED, "folds": FOLDS, **only}

    def seeds_apart(self, task: Task, encoder: Encoder) -> bool:
        form = form_of(task)
        return isinstance(form, SequenceForm) or head_of(task, form) == "xvector"

    def views(self, problem: Problem) -> dict[str, ItemView]:
        return problem.views()

    def run(self, features: FeatureStore, problem: Problem, progress: Progress | None = None) -> list[Outcome]:
        table = features.table(problem.views(), progress)
        outcomes = self._fit(table, problem, progress)
        if not table.recomputed:
            return outcomes
        return [replace(each, chosen={**each.chosen, "recomputed_items": table.recomputed}) for each in outcomes]

    def _fit(self, table: FeatureTable, problem: Problem, progress: Progress | None) -> list[Outcome]:
        form = problem.form
        if isinstance(form, RowForm):
            return fit_rows.fit(table, problem, form, self.probe, self.layer)
        head = head_of(problem.task, form)
        if head == "xvector":
            return xvector.fit(table, problem, self.sequence, progress, layer=self.layer)
        if isinstance(form, MatchForm):
            return pairs.fit(table, problem, head, self.probe, progress, layer=self.layer)
        if isinstance(form, SequenceForm):
            return sequence_heads.fit(table, problem, head, self.sequence, progress, layer=self.layer)
        raise SuperbLiteError(f"protocol 'frozen' does not go with form '{form.name}'")


def head_of(task: Task, form: Form) -> str:
    """The head of a task, or its form's first one; "" of a form without any."""
    return task.head or next(iter(form.heads), "")
