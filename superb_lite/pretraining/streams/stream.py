"""Stream: texts, recordings or images that are read one after the other, out of shards."""

from __future__ import annotations

import glob
import itertools
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar, Literal, NoReturn

import numpy as np
from numpy.typing import NDArray

from superb_lite.errors import MissingPackageError, SuperbLiteError, reason
from superb_lite.imports import resolve
from superb_lite.paths import regular_size
from superb_lite.pretraining.streams.reference import REFERENCE, STREAMS

Kind = Literal["text", "audio", "image"]
"""What a corpus reads."""

Sound = tuple[NDArray[np.float32], int]
"""(frames, channels) samples and their rate."""


@dataclass(frozen=True)
class Piece:
    """One example of a stream, not decoded yet."""

    name: str
    """The shard and the place in it, for messages."""
    content: str | bytes | Callable[[], Sound]
    """A text; the bytes of an audio or image file; or what loads a recording."""


class Stream(ABC):
    """Examples out of shards.

    Args:
        where: what follows the scheme.
        kind: of the examples.

    Raises `SuperbLiteError` where there are no shards.
    """

    package: ClassVar[str]
    """What reads it."""

    shards: tuple[str, ...]
    """Their names, sorted."""

    def __init__(self, where: str, kind: Kind) -> None:
        self.where = where
        self.kind = kind

    @abstractmethod
    def read(self, shard: str) -> Iterator[Piece]:
        """The examples of a shard, in its order. Whatever it raises becomes one line that names the shard."""

    def fingerprint(self) -> str:
        """Names and sizes of the shards."""
        return "\n".join(f"{Path(shard).name} {regular_size(Path(shard))}" for shard in self.shards)

    def pieces(self, order: np.random.Generator | None = None) -> Iterator[Piece]:
        """All examples. order: draws that of the shards; None: by their names."""
        count = len(self.shards)
        for number in range(count) if order is None else order.permutation(count):
            yield from self._named(self.shards[number])

    def first(self, count: int) -> list[Piece]:
        """The first examples by the names of the shards. Raises `SuperbLiteError` where there are none."""
        found = list(itertools.islice(self.pieces(), count))
        if not found:
            raise SuperbLiteError(f"the stream '{self.where}' is empty: its shards hold no {self.kind}")
        return found

    def _named(self, shard: str) -> Iterator[Piece]:
        try:
            yield from self.read(shard)
        except SuperbLiteError:
            raise
        except Exception as error:  # whatever the libraries make of a damaged file
            raise SuperbLiteError(f"the shard '{shard}' cannot be read: {reason(error)}") from error


def open_stream(data: Path | str, kind: Kind | None) -> Stream:
    """The stream that `datasets:WHERE`, `webdataset:WHERE` or `lhotse:WHERE` names.

    kind: what the corpus reads; None: it reads no streams.

    Raises `SuperbLiteError` for a corpus that reads none, for what is not there, and for a missing package.
    """
    found = REFERENCE.fullmatch(str(data))
    if found is None:
        raise SuperbLiteError(f"'{data}' is no stream: SCHEME:WHERE, where SCHEME is one of {', '.join(STREAMS)}")
    scheme, where = found.groups()
    if kind is None:
        raise SuperbLiteError(f"--data {data}: this corpus reads files, and no streams")
    if find_spec(scheme) is None:
        raise MissingPackageError(scheme, "stream", f"--data {scheme}:")
    stream: Stream = resolve(STREAMS[scheme])(where, kind)
    return stream


def files_named(where: str, suffixes: Sequence[str]) -> tuple[str, ...]:
    """The files that a path, a pattern ({000..099}.tar, *.tar) or a folder names, sorted by their names.

    Raises `SuperbLiteError` where there is none, or one is missing.
    """
    if re.match(r"[a-z0-9+]+:/|pipe:", where):  # a path has lost the second slash of an address
        _refuse(where, "only files of this machine are read")
    named = _expanded(where) if "{" in where or "}" in where else [where]
    found: list[str] = []
    for name in named:
        if Path(name).is_dir():
            found += [str(p) for p in Path(name).rglob("*") if p.name.endswith(tuple(suffixes)) and p.is_file()]
        elif glob.has_magic(name):
            found += glob.glob(name)
        else:
            found.append(name)
    if not found:
        _refuse(where, f"no file there ends in {', '.join(suffixes)}")
    for name in found:
        regular_size(Path(name))
    return tuple(sorted(str(Path(name).absolute()) for name in found))


def _expanded(where: str) -> list[str]:
    if find_spec("braceexpand") is None:
        raise MissingPackageError("braceexpand", "stream", f"--data with braces, '{where}',")
    import braceexpand

    try:
        return list(braceexpand.braceexpand(where))
    except ValueError:
        _refuse(where, "its braces are not balanced; such as {000..099}.tar")


def _refuse(where: str, why: str) -> NoReturn:
    raise SuperbLiteError(f"--data: the shards '{where}' cannot be read: {why}")
