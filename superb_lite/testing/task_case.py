"""A task under test: its data, and what constant, right and half-right answers score."""

from __future__ import annotations

import functools

import numpy as np

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.ceilings import oracle
from superb_lite.evaluation.columns import check_column
from superb_lite.evaluation.constant_answers import floor_of
from superb_lite.evaluation.samples import Samples, samples_of
from superb_lite.features.data_checks import check_data
from superb_lite.forms import Form, form_of
from superb_lite.forms.base import Constant
from superb_lite.metrics import Prediction, metric
from superb_lite.tasks.contamination import plain_sha256
from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.task import Task
from superb_lite.testing.check import Options, Skipped


class TaskCase:
    """One task under test."""

    def __init__(self, subject: Task, options: Options) -> None:
        self.task = subject
        self.options = options
        self._plain: dict[str, str] = {}
        self.name = f"task '{subject.name}'"

    @functools.cached_property
    def loaded(self) -> TaskData | str:
        """The data, or why it cannot be loaded."""
        try:
            return self.task.data(self.options.root)
        except SuperbLiteError as error:
            return str(error)

    @property
    def data(self) -> TaskData:
        """The data. Raises `Skipped` where it cannot be loaded, which `data-is-loaded` says."""
        if isinstance(self.loaded, str):
            raise Skipped("its data cannot be loaded: see data-is-loaded")
        return self.loaded

    @property
    def form(self) -> Form:
        """Raises `Skipped` for a form that is not registered, which `form-and-metrics-fit` says."""
        try:
            return form_of(self.task)
        except SuperbLiteError as error:
            raise Skipped("its form is unknown: see form-and-metrics-fit") from error

    @property
    def own(self) -> bool:
        """Whether it is a task on a person's own files ("tsv:FILE")."""
        return self.task.name.partition(":")[0] in plugins.own_task_schemes()

    @functools.cached_property
    def duplicate(self) -> str | None:
        """An example id that stands for two examples."""
        seen: set[str] = set()
        for example in self.examples:
            if example.id in seen:
                return example.id
            seen.add(example.id)
        return None

    @functools.cached_property
    def lost(self) -> tuple[str, str] | None:
        """An example and an item that it names and that is not there."""
        return next(((e.id, key) for e in self.examples for key in e.items if key not in self.data.items), None)

    @functools.cached_property
    def examples(self) -> tuple[Example, ...]:
        """All of them."""
        return (*self.data.train, *self.data.validation, *self.data.test)

    @functools.cached_property
    def parts(self) -> dict[str, tuple[Example, ...]]:
        """The training and the test examples."""
        return {"training": self.data.train, "test": self.data.test}

    def plain(self, key: str) -> str:
        """The hash of an item made plain (`superb_lite.tasks.contamination`), computed once."""
        if key not in self._plain:
            self._plain[key] = plain_sha256(self.data.items[key])
        return self._plain[key]

    @functools.cached_property
    def misfit(self) -> str | None:
        """What is wrong with the form, a metric, a head or a protocol; None where they go together."""
        try:
            for protocol in self.task.protocols:
                check_column(self.task, protocol)
            if len({metric(name).higher_is_better for name in self.task.metrics}) > 1:
                return "some of its metrics are better high and some low"
        except SuperbLiteError as error:
            return str(error)
        return None

    @functools.cached_property
    def fault(self) -> str | None:
        """Why no evaluation would start on the data; None where it would."""
        try:
            check_data(self.task, self.data)
        except SuperbLiteError as error:
            return str(error)
        return None

    def need_sound(self) -> None:
        """Raise `Skipped` for data that no evaluation would start on, which another check says."""
        if self.duplicate is not None:
            raise Skipped("an id stands for two examples: see ids-are-unique")
        if self.lost is not None:
            raise Skipped("an item is missing: see items-exist")
        if self.misfit is not None:
            raise Skipped("form and metrics do not fit: see form-and-metrics-fit")
        if self.fault is not None:
            raise Skipped("an item or a label is refused: see labels-fit-the-form")

    @functools.cached_property
    def right(self) -> dict[str, Prediction]:
        """The labels as predictions."""
        self.need_sound()
        if self.form.truth(self.data.test[0]) is None:
            raise Skipped(f"labels of the form '{self.task.form}' are no predictions")
        return oracle(self.task, self.data)

    @functools.cached_property
    def floor(self) -> Samples:
        """What the best constant answer scores."""
        self.need_sound()
        if not self.form.constants(self.task, self.data):
            raise Skipped(f"the form '{self.task.form}' names no constant answers (Form.constants)")
        return floor_of(self.task, self.data).samples

    @functools.cached_property
    def ceiling(self) -> Samples:
        """What the labels themselves score."""
        return samples_of(self.task, self.data.test, [self.right])

    @functools.cached_property
    def halfway(self) -> Samples:
        """What they score on a random half of the examples, with the best constant answer to the others."""
        scored = metric(self.task.metrics[0])
        sign = 1 if scored.higher_is_better else -1

        def score(constant: Constant) -> float:
            answers = [constant.answer(example) for example in self.data.test]
            return sign * scored.score(self.data.test, answers, self.task.labels)

        constant = max(self.form.constants(self.task, self.data), key=score)
        known = np.random.default_rng(0).permutation(len(self.data.test)) % 2 == 0
        answers = {
            example.id: self.right[example.id] if right else constant.answer(example)
            for example, right in zip(self.data.test, known, strict=True)
        }
        return samples_of(self.task, self.data.test, [answers])
