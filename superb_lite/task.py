"""Task, TaskSet and Board: what is measured, as plain values."""

from __future__ import annotations

import fnmatch
import functools
import hashlib
import json
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from superb_lite.errors import SuperbLiteError, blaming
from superb_lite.imports import resolve

if TYPE_CHECKING:
    import numpy as np


class Unit(NamedTuple):
    """One unit to tag: a half-open stretch of raw input (characters or samples) and its class."""

    start: int
    end: int
    label: int


Spans = Sequence[tuple[int, int]]
"""Half-open stretches of raw input."""


class Answer(NamedTuple):
    """A half-open stretch of characters of the second text of a pair, and what stands there."""

    start: int
    end: int
    text: str


class Turn(NamedTuple):
    """A half-open stretch of samples in which one speaker (the index in `Task.labels`) talks."""

    start: int
    end: int
    speaker: int


class Diarization(NamedTuple):
    """Who talks when. The item is cut into units of `frame` samples; the last may be shorter and ends at `length`."""

    frame: int
    length: int
    turns: tuple[Turn, ...]


Label = int | float | tuple[Unit, ...] | tuple[Answer, ...] | tuple[int, ...] | Diarization
"""classify, choose: the index of the class in `Task.labels`, or of the right choice. regress: a number. tag: the units
of the item, each with the index of its class. span: the answers that count as right. transcribe: the indices of the
symbols. verify, search: 1 for a match, else 0; in training examples of verify, which have one item, the index of its
class. diarize: a `Diarization`."""


@dataclass(frozen=True)
class Example:
    """One labelled example. It names its items by id, so that several tasks and examples can share an item.

    cluster: the speaker, document or photograph that makes examples dependent; intervals treat a cluster as one
        observation. Empty: the example is a cluster of its own.
    group: the part of the test split ("matched" or "mismatched" genre) that only some metrics count. Empty: none.
    """

    id: str
    items: tuple[str, ...]
    label: Label
    cluster: str = ""
    group: str = ""


@dataclass(frozen=True)
class TaskData:
    """The data of a task: raw items by id, and examples that refer to them.

    validation: the official validation examples. Empty for few-label tasks, which take theirs out of the label budget.
    """

    items: Mapping[str, Any]
    train: tuple[Example, ...]
    test: tuple[Example, ...]
    validation: tuple[Example, ...] = ()

    def content_hash(self) -> str:
        """SHA-256 over ids, labels and items; it changes when anything that is measured on changes. Computed once."""
        return self._content_hash

    @functools.cached_property
    def _content_hash(self) -> str:
        digest = hashlib.sha256()
        for name in ("train", "validation", "test"):
            # An example without a group is written as before there were groups, so that its hash stays what it was.
            rows = [(e.id, e.items, e.label, e.cluster, *filter(None, [e.group])) for e in getattr(self, name)]
            digest.update(json.dumps([name, rows], ensure_ascii=False).encode("utf-8", "surrogatepass"))
        for key in sorted(self.items):  # one item at a time: a release on disk need not fit in memory
            digest.update(key.encode())
            digest.update(_bytes(self.items[key]))
        return digest.hexdigest()


def _bytes(item: Any) -> bytes:
    """A raw item as bytes; waveforms at 8 bits, because FFT libraries differ in the last bits of a float."""
    if isinstance(item, str):
        return item.encode("utf-8", "surrogatepass")
    if isinstance(item, tuple):
        # The length of each part says where it ends.
        return b"".join(b"%d:%b" % (len(part), part) for part in map(_bytes, item))
    import numpy as np

    array = np.asarray(item)
    if array.dtype.kind == "f":
        with np.errstate(invalid="ignore"):  # NaN is refused, by name, when the data is checked
            array = np.round(array * 64).astype(np.int8)
    return str(array.shape).encode() + array.tobytes()


@dataclass(frozen=True)
class Task:
    """A task as a value. Importing it is cheap; its data is loaded by `data()`.

    name: "set/task". version: raised whenever a score would change. modality: the modality of the items.
    form: how features become predictions ("classify", "tag", ...); see `superb_lite.forms`.
    metrics: names in `superb_lite.metrics`, all of which point one way; the score of the task is their mean.
    labels: the names of the classes, in the order of their indices.
    load: "module:function" (or the function), called with `root` (a directory or None), returns `TaskData`.
    protocols: the protocols that are calibrated, the default first; any other that goes with the form can be asked for.
    head: what is trained on frozen features ("linear", "bilstm", "xvector"); None takes the form's default.
    prompt: what `incontext` asks, a template that ends in {label} and may hold {first} and {second}, the texts of the
        example. Empty: the texts and the answer, one a line.
    verbalizers: the words that stand for the labels in a prompt; empty: the labels themselves.
    budget: how many labelled examples a system may use, training and validation together; per class for classify,
        in all for tag. None: the whole training split.
    rule: of generated data, how labels follow from items, in one line; following it is the ceiling, which then is not
        measured. Empty: the ceiling is measured.
    description, source, licence: one line each; where the data comes from, and on what terms.
    corpus: the name of the data source, so that a row whose encoder was pretrained on the same source is marked.
    """

    name: str
    version: int
    modality: str
    form: str
    metrics: tuple[str, ...]
    labels: tuple[str, ...]
    load: str | Callable[[Path | None], TaskData]
    protocols: tuple[str, ...] = ("frozen",)
    budget: int | None = None
    head: str | None = None
    prompt: str = ""
    verbalizers: tuple[str, ...] = ()
    rule: str = ""
    description: str = ""
    source: str = ""
    licence: str = ""
    corpus: str = ""

    def __post_init__(self) -> None:
        where = f"task '{self.name}'"
        if not isinstance(self.labels, tuple) or len(set(self.labels)) != len(self.labels) or len(self.labels) < 2:
            raise SuperbLiteError(f"{where}: labels must be a tuple of at least two different names")
        if not isinstance(self.metrics, tuple) or not self.metrics:
            raise SuperbLiteError(f"{where}: metrics must be a tuple of at least one name")
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
        with blaming(f"task '{self.name}': its data cannot be loaded"):
            return _load(self.load, root)

    def train(self, seed: int, root: Path | None = None) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
        """The training and validation examples that evaluation seed `seed` may use; both count in the budget.

        A few-label subset is drawn at random, stratified by class for classify. The official validation split, where
        there is one, is used whole; else every fifth cluster of the subset is held out, so that a speaker or a
        photograph is never on both sides.

        Raises `SuperbLiteError` when there are fewer labels than the budget: a score would not say how few.
        """
        import numpy as np

        data = self.data(root)
        text = f"{self.name}@{self.version}/{seed}".encode()
        rng = np.random.default_rng(int.from_bytes(hashlib.sha256(text).digest()[:8], "little"))
        classes: dict[Any, list[Example]] = {}
        for example in data.train:
            classes.setdefault(example.label if self.form == "classify" else None, []).append(example)
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


def cluster_of(example: Example) -> str:
    """The cluster an example counts in: its own, or else the items it is made of."""
    return example.cluster or "|".join(example.items)


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


@functools.lru_cache(maxsize=64)
def _load(load: str | Callable[[Path | None], TaskData], root: Path | None) -> TaskData:
    data = resolve(load)(root) if isinstance(load, str) else load(root)
    if not isinstance(data, TaskData):
        raise SuperbLiteError(f"'{load}' must return TaskData, not {type(data).__name__}")
    return data


@dataclass(frozen=True)
class TaskSet:
    """A named list of tasks.

    calibration: "package:file.json" with the measured floors and ceilings; None for sets without normalised scores.
    prepare: "module:function" of a progress callback that builds cached data ahead of time, for sets that need it.
    official: the data is a release that has to be given with --root or downloaded; such a set is used where it is
        asked for, and not where every task of a modality is meant.
    average: the groups of tasks whose mean is the score of the whole set, as its authors define it; the tasks of a
        group are averaged first. Empty: the set has no score of its own.
    later: tasks that belong to the set and are not there yet, by full name, each with why; asking for one says so.
    """

    name: str
    tasks: tuple[Task, ...]
    description: str = ""
    calibration: str | None = None
    prepare: str | None = None
    official: bool = False
    average: tuple[tuple[str, ...], ...] = ()
    later: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len({task.name for task in self.tasks}) != len(self.tasks):
            raise SuperbLiteError(f"task set '{self.name}' has two tasks of one name")
        for task in self.tasks:
            if task.name.split("/")[0] != self.name:
                raise SuperbLiteError(f"task '{task.name}' is in task set '{self.name}': name it '{self.name}/...'")
        names = [task.name for task in self.tasks]
        for name in (name for group in self.average for name in group):
            if name not in names:
                raise SuperbLiteError(f"task set '{self.name}' averages '{name}', which is none of its tasks")

    def __iter__(self) -> Iterator[Task]:
        return iter(self.tasks)

    def matching(self, pattern: str) -> tuple[Task, ...]:
        """Tasks whose full name matches a shell pattern, or all of them where the pattern is the set's name.

        The name of an official set must be written out: "*/ks" means none of its tasks.
        """
        if self.official and pattern.partition("/")[0] != self.name:
            return ()
        return tuple(t for t in self.tasks if pattern == self.name or fnmatch.fnmatchcase(t.name, pattern))


@dataclass(frozen=True)
class Board:
    """What a leaderboard ranks by: a versioned list of (task, protocol). Nothing else changes a ranking."""

    name: str
    version: int
    columns: tuple[tuple[str, str], ...]
