"""Labelled examples in units of raw input, and the data of a task."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

Item = Any
"""A raw input; its type is the modality's (`str`, a float32 waveform, a uint8 CHW image, ...)."""


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


def cluster_of(example: Example) -> str:
    """The cluster an example counts in: its own, or else the items it is made of."""
    return example.cluster or "|".join(example.items)
