"""Task: what is measured, as a plain value, and which labels an evaluation seed may use."""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from superb_lite.errors import SuperbLiteError, foreign_errors
from superb_lite.imports import resolve
from superb_lite.tasks.labels import Example, TaskData, cluster_of

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Task:
    """A task as a value. Importing it is cheap; its data is loaded by `data()`."""

    name: str
    """"set/task"."""

    version: int
    """Raised whenever a score would change."""

    modality: str
    """The modality of the items."""

    form: str
    """How features become predictions ("classify", "tag", ...); see `superb_lite.forms`."""

    metrics: tuple[str, ...]
    """Names of metrics, all of which point one way; the score of the task is their mean."""

    labels: tuple[str, ...]
    """The names of the classes, in the order of their indices."""

    load: str | Callable[[Path | None], TaskData]
    """"module:function" (or the function), called with `root` (a directory or None)."""

    protocols: tuple[str, ...] = ("frozen",)
    """The protocols that are calibrated, the default first; any other that goes with the form can be asked for."""

    budget: int | None = None
    """How many labelled examples a system may use, training and validation together; per class for classify, in all for
    tag. None: the whole training split."""

    head: str | None = None
    """What is trained on frozen features ("linear", "bilstm", "xvector"). None: the form's default."""

    prompt: str = ""
    """What `incontext` asks, a template that ends in {label} and may hold {first} and {second}, the texts of the
    example. Empty: the texts and the answer, one a line."""

    verbalizers: tuple[str, ...] = ()
    """The words that stand for the labels in a prompt. Empty: the labels themselves."""

    rule: str = ""
    """Of generated data, how labels follow from items, in one line; following it is the ceiling, which then is not
    measured. Empty: the ceiling is measured."""

    description: str = ""
    """One line."""

    source: str = ""
    """Where the data comes from, in one line."""

    licence: str = ""
    """On what terms, in one line."""

    corpus: str = ""
    """The name of the data source: a result of an encoder that was pretrained on the same source is marked."""

    hub: str = ""
    """Of an official release, its data set on the Hugging Face hub: "ID", or "ID:NAME" where the data set has several
    tasks. Empty: there is none."""

    language: str = ""
    """The code of the language of its items in ISO 639 ("en", "zh"), by which boards average. Empty: it has none."""

    def __post_init__(self) -> None:
        where = f"task '{self.name}'"
        if not isinstance(self.labels, tuple) or len(set(self.labels)) != len(self.labels) or len(self.labels) < 2:
            raise SuperbLiteError(f"{where}: labels must be a tuple of at least two different names")
        if not isinstance(self.metrics, tuple) or not self.metrics:
            raise SuperbLiteError(f"{where}: metrics must be a tuple of at least one name")
        if self.language and not re.fullmatch("[a-z]{2,3}", self.language):
            raise SuperbLiteError(f"{where}: language must be a code of ISO 639, such as 'en', not '{self.language}'")
        if self.budget is not None and self.budget < 2:
            raise SuperbLiteError(f"{where}: a budget of {self.budget} labels is too small: at least 2")
        if self.prompt and not _is_prompt(self.prompt):
            raise SuperbLiteError(
                f"{where}: the prompt must end in {{label}} and hold no other field than {{first}} and {{second}}"
            )
        words = self.verbalizers
        if words and (len(words) != len(self.labels) or len(set(words)) != len(words) or not all(words)):
            raise SuperbLiteError(
                f"{where}: verbalizers must be {len(self.labels)} different words, one for each label"
            )

    def data(self, root: Path | None = None) -> TaskData:
        """Load the items and examples (once per process). `root` is where official releases lie on disk."""
        with foreign_errors(f"task '{self.name}': its data cannot be loaded"):
            return _load(self.load, root)

    def train(self, seed: int, root: Path | None = None) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
        """The training and validation examples that evaluation seed `seed` may use; both count in the budget.

        A few-label subset is drawn at random, stratified by class for classify and its kin. The official
        validation split, where there is one, is used whole; else every fifth cluster of the subset is held out, so that
        a speaker or a photograph is never on both sides.

        Raises `SuperbLiteError` when there are fewer labels than the budget: a score would not say how few.
        """
        import numpy as np

        data = self.data(root)
        text = f"{self.name}@{self.version}/{seed}".encode()
        rng = np.random.default_rng(int.from_bytes(hashlib.sha256(text).digest()[:8], "little"))
        classes: dict[Any, list[Example]] = {}
        for example in data.train:
            classes.setdefault(example.label if self.form.startswith("classify") else None, []).append(example)
        for key, pool in classes.items():
            if self.budget is not None and len(pool) < self.budget:
                whose = "the training part" if key is None else f"class '{self.labels[key]}'"
                raise SuperbLiteError(
                    f"task '{self.name}': {whose} has {len(pool)} labelled examples, but the budget is {self.budget}"
                )
        drawn = [e for key in sorted(classes, key=repr) for e in _draw(classes[key], self.budget, rng)]
        if data.validation:
            return tuple(drawn), data.validation
        folds = fold_numbers(drawn, FOLDS)
        train = tuple(e for e, fold in zip(drawn, folds, strict=True) if fold != 0)
        return train, tuple(e for e, fold in zip(drawn, folds, strict=True) if fold == 0)


def _is_prompt(template: str) -> bool:
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        return False
    fields = [name for _, name, _, _ in parts if name is not None]
    return template.endswith("{label}") and fields[-1:] == ["label"] and set(fields[:-1]) <= {"first", "second"}


FOLDS = 5
"""Where a task has no validation split of its own, a fifth of its labelled examples is held out."""


def fold_numbers(examples: Sequence[Example], folds: int) -> list[int]:
    """A fold for each example; examples of one cluster share theirs.

    Clusters are dealt out class by class, so that folds are stratified where clusters do not cross classes.
    """
    first: dict[str, tuple[int, int]] = {}
    for position, example in enumerate(examples):
        label = example.label if isinstance(example.label, int) else 0
        first.setdefault(cluster_of(example), (label, position))
    number = {cluster: rank % folds for rank, cluster in enumerate(sorted(first, key=first.__getitem__))}
    return [number[cluster_of(example)] for example in examples]


def _draw(pool: Sequence[Example], budget: int | None, rng: np.random.Generator) -> list[Example]:
    order = rng.permutation(len(pool))
    return [pool[i] for i in order[: budget or len(pool)]]


def forget_data() -> None:
    """Let go of the data of all tasks, whose memory is needed for others; `Task.data` loads it again."""
    _loaded.clear()


def provide_data(known: Sequence[tuple[Task, TaskData]], root: Path | None) -> None:
    """Take the data of tasks as another process has loaded it, unless it is loaded here already."""
    for task, data in known:
        if (task.load, root) not in _loaded:
            _keep((task.load, root), data)


Load = str | Callable[[Path | None], "TaskData"]

_loaded: dict[tuple[Load, Path | None], TaskData] = {}
"""The data of the tasks that were asked for last."""

KEPT = 64
"""Tasks whose data is kept."""


def _load(load: Load, root: Path | None) -> TaskData:
    if (load, root) not in _loaded:
        data = resolve(load)(root) if isinstance(load, str) else load(root)
        if not isinstance(data, TaskData):
            raise SuperbLiteError(f"'{load}' must return TaskData, not {type(data).__name__}")
        _keep((load, root), data)
    return _loaded[load, root]


def _keep(key: tuple[Load, Path | None], data: TaskData) -> None:
    while len(_loaded) >= KEPT:
        del _loaded[next(iter(_loaded))]
    _loaded[key] = data
