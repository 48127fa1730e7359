"""Labelled examples in units of raw input, and the data of a task."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from superb_lite.surrogates import hashed_bytes
from superb_lite.tasks.item_hashes import Item, ItemHashes, hashes_of

__all__ = [
    "MEMBERS",
    "Answer",
    "Diarization",
    "Example",
    "Item",
    "Label",
    "Spans",
    "TaskData",
    "Turn",
    "Unit",
    "cluster_of",
    "members_of",
]


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
"""classify, classify-places, classify-spans, choose: the index of the class in `Task.labels`, or of the right choice.
regress: a number. tag: the units of the item, each with the index of its class. span: the answers that count as right.
transcribe: the indices of the symbols. verify, search: 1 for a match, else 0; in training examples of verify, which
have one item, the index of its class. diarize: a `Diarization`."""


@dataclass(frozen=True)
class Example:
    """One labelled example. It names its items by id, so that several tasks and examples can share an item."""

    id: str
    """Its name, which no other example of the task has."""

    items: tuple[str, ...]
    """The ids of its items."""

    label: Label
    """What a head is to say of it; see `Label`."""

    cluster: str | tuple[str, ...] = ""
    """The speaker, document or photograph that makes examples dependent; intervals treat a cluster as one observation.
    Several names, such as the two voices of a pair: it depends on every example that has one of them. Empty: the
    example is a cluster of its own."""

    group: str = ""
    """What some metrics go by: the part of the test split that they count ("matched" or "mismatched" genre), or the
    question or pair whose examples they count together. Empty: none."""

    places: Spans = ()
    """Of each item the stretch that is asked about, in the form `classify-spans`. Empty: none."""


@dataclass(frozen=True)
class TaskData:
    """The data of a task: raw items by id, and examples that refer to them."""

    items: Mapping[str, Item]
    """Raw items by id. A mapping may read them from disk one by one; it must give the same item each time."""

    train: tuple[Example, ...]
    """The labelled examples that a system may use."""

    test: tuple[Example, ...]
    """The examples that are scored."""

    validation: tuple[Example, ...] = ()
    """The official validation examples. Empty for few-label tasks, which take theirs out of the label budget."""

    @functools.cached_property
    def hashes(self) -> ItemHashes:
        """The hashes of the items, shared by all tasks over the same mapping."""
        return hashes_of(self.items)

    @functools.cached_property
    def checked(self) -> set[object]:
        """The tasks that this data was checked for (`superb_lite.features.data_checks`)."""
        return set()

    def content_hash(self) -> str:
        """SHA-256 over ids, labels and items; it changes when anything that is measured on changes. Computed once.

        Every item is read once, unless `check_data` has read it before.
        """
        return self._content_hash

    @functools.cached_property
    def _content_hash(self) -> str:
        digest = hashlib.sha256()
        for name in ("train", "validation", "test"):
            rows = [
                (e.id, e.items, e.label, e.cluster, e.group, *([e.places] if e.places else []))
                for e in getattr(self, name)
            ]
            digest.update(hashed_bytes(json.dumps([name, rows], ensure_ascii=False)))
        for key in sorted(self.items):  # one item at a time: a release on disk need not fit in memory
            digest.update(json.dumps([key, self.hashes[key]]).encode())
        return digest.hexdigest()


MEMBERS = "\x1f"
"""What stands between the names of a cluster of several (the unit separator of ASCII, which no name has)."""


def cluster_of(example: Example) -> str:
    """The cluster an example counts in: its own, or else the items it is made of.

    Of several names one string is made, in which their order says nothing.
    """
    if isinstance(example.cluster, tuple):
        return MEMBERS.join(sorted(set(example.cluster)))
    return example.cluster or "|".join(example.items)


def members_of(cluster: str) -> tuple[str, ...]:
    """The names that a cluster is made of, of which there is one unless `Example.cluster` has several."""
    return tuple(cluster.split(MEMBERS))
