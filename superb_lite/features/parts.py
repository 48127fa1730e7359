"""Parts: the format in which features lie on disk.

A part is a folder that holds what one pass of an encoder over some items gave. Its files are

    layerN.bin              features of layer N, row after row: (rows, D)
    spansN.bin, ...         per row of layer N what else is kept of a position (`POSITION_FIELDS`); sequences only
    index.json              `PartIndex`: shapes, checksums, and which rows an entry has

Files are written by appending, and the index last. A folder is called `.writing-*` until then, so that readers never
see half a part. A part whose files are not what its index says is damaged: it is deleted, and its items are encoded
again.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from superb_lite.errors import SuperbLiteError

INDEX = "index.json"
FINISHED = "part-"
UNFINISHED = ".writing-"
LOCK = ".lock"

HAS_LOCKS = importlib.util.find_spec("fcntl") is not None
"""Whether the system has locks that several processes can share; Windows has none."""

HALF = "<f2"
"""The type in which features of sequences are kept."""

POSITION_FIELDS = {"spans": ("<i4", 2), "segment": ("<i1", 1), "window": ("<i4", 1)}
"""What is kept of each position of a sequence beside its features: the dtype, and how many numbers."""

POSITION_BYTES = sum(count * np.dtype(dtype).itemsize for dtype, count in POSITION_FIELDS.values())
"""Bytes that these take of each position."""

RowRange = list[int]
"""[first, stop): the rows of an entry in one layer."""


@dataclass(frozen=True)
class PartIndex:
    """What a part holds."""

    widths: list[int]
    """The number D of features, by layer."""

    rows: list[int]
    """The number of rows, by layer."""

    dtype: str
    """The type of features: "<f4" or "<f2"."""

    crc32: dict[str, int]
    """The checksum of each file, by its name without the suffix."""

    entries: dict[str, list[RowRange]]
    """By entry its rows in each layer."""


class Part:
    """A finished part, open for reading.

    All files are mapped at once, after their sizes were compared with the index: a page of a mapped file that is not
    there kills the process, and a file that is deleted later stays readable. A map keeps no file open.

    ranges: (entries, L, 2) int64, the rows [first, stop) of every entry in each of L layers.
    """

    def __init__(
        self, directory: Path, widths: Sequence[int], ranges: NDArray[np.int64], arrays: Mapping[str, NDArray[Any]]
    ) -> None:
        self.directory = directory
        self.widths = tuple(widths)
        same = (ranges == ranges[:, :1]).all()  # what all layers share is held once
        self.ranges = np.broadcast_to(ranges[:, :1].copy(), ranges.shape) if same else ranges
        self._arrays = arrays

    def layer(self, number: int) -> NDArray[Any]:
        """(rows, D) features of a layer, mapped from disk."""
        return self._arrays[f"layer{number}"]

    def positions(self, field: str, number: int) -> NDArray[Any]:
        """(rows, k): a field of `POSITION_FIELDS` of every row of a layer, mapped from disk."""
        return self._arrays[f"{field}{number}"]


def open_part(directory: Path) -> tuple[Part, list[str]] | None:
    """A part and its entries in order, or None where it or one of its files is damaged.

    Reads every byte once, for the checksums. Raises `SuperbLiteError` where the system refuses to read what is there.
    """
    try:
        index = PartIndex(**json.loads((directory / INDEX).read_text(encoding="utf-8")))
        arrays = {}
        for name, expected in index.crc32.items():
            field = name.rstrip("0123456789")
            number = int(name.removeprefix(field))
            dtype, width = POSITION_FIELDS.get(field, (index.dtype, index.widths[number]))
            arrays[name] = _mapped(directory / f"{name}.bin", np.dtype(dtype), (index.rows[number], width), expected)
        ranges = np.array(list(index.entries.values()), dtype=np.int64).reshape(-1, len(index.widths), 2)
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None
    except OSError as error:  # too many open files, no right to read: nothing is damaged
        raise SuperbLiteError(f"cannot read the features in '{directory}': {error.strerror}") from None
    return Part(directory, index.widths, ranges, arrays), list(index.entries)


def _mapped(path: Path, dtype: np.dtype[Any], shape: tuple[int, int], crc32: int) -> NDArray[Any]:
    """A file as an array. Raises `ValueError` where its size or its checksum is another."""
    with open(path, "rb") as file:
        size, checksum = 0, 0
        while chunk := file.read(1 << 22):
            size += len(chunk)
            checksum = zlib.crc32(chunk, checksum)
        if size != shape[0] * shape[1] * dtype.itemsize or checksum != crc32:
            raise ValueError(f"{path} is damaged")
    if size == 0:
        return np.empty(shape, dtype)  # nothing cannot be mapped
    try:
        content = torch.from_file(str(path), shared=False, size=size, dtype=torch.uint8)  # np.memmap keeps a file open
    except RuntimeError:
        if not path.exists():
            raise FileNotFoundError(path) from None
        raise SuperbLiteError(
            f"cannot map '{path}': the limit on maps of a process (vm.max_map_count on Linux) may be reached: encode "
            "fewer items at a time"
        ) from None
    array: NDArray[Any] = content.numpy().view(dtype).reshape(shape)
    return array


def as_kept(layer: Tensor, dtype: str) -> NDArray[Any]:
    """Features as a part holds them. Half precision ends at 65504; what lies beyond is as large as it can be."""
    limit = float(np.finfo(dtype).max)
    array: NDArray[Any] = layer.clamp(-limit, limit).numpy().astype(dtype)
    return array


class PartWriter:
    """Writes one part.

    Args:
        directory: the folder that is to hold the part.
        dtype: the type in which features are kept: "<f4" or "<f2".
    """

    def __init__(self, directory: Path, dtype: str) -> None:
        self._directory = directory
        self._folder = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=directory))
        self._dtype = dtype
        self._files: dict[str, IO[bytes]] = {}
        self._checksums: dict[str, int] = {}
        self._widths: list[int] = []
        self._rows: list[int] = []
        self._entries: dict[str, list[RowRange]] = {}
        self.bytes = 0
        """How many were written."""

    def add(self, entry: str, layers: Sequence[Tensor], fields: Sequence[Mapping[str, NDArray[Any]]] | None) -> None:
        """Append an entry: for each layer its (T, D) features, and for sequences the fields of its T positions."""
        if not self._widths:
            self._widths, self._rows = [layer.shape[1] for layer in layers], [0] * len(layers)
        if [layer.shape[1] for layer in layers] != self._widths:
            raise SuperbLiteError("the encoder's layers change their number or width from batch to batch")
        ranges = []
        for number, layer in enumerate(layers):
            self._append(f"layer{number}", as_kept(layer, self._dtype))
            if fields is not None:
                for field, (dtype, width) in POSITION_FIELDS.items():
                    values = fields[number].get(field, np.zeros((len(layer), width)))
                    self._append(f"{field}{number}", values.reshape(len(layer), width).astype(dtype))
            ranges.append([self._rows[number], self._rows[number] + len(layer)])
            self._rows[number] += len(layer)
        self._entries[entry] = ranges

    def _append(self, name: str, array: NDArray[Any]) -> None:
        # By write, not through a map of the file: a full disk is then an error, and not the end of the process.
        if name not in self._files:
            self._files[name] = open(self._folder / f"{name}.bin", "wb")  # noqa: SIM115
        content = array.tobytes()
        self._files[name].write(content)
        self.bytes += len(content)
        self._checksums[name] = zlib.crc32(content, self._checksums.get(name, 0))

    def finish(self) -> None:
        """Make the part visible to readers."""
        if not self._entries:
            self.discard()
            return
        for file in self._files.values():
            file.close()
        index = PartIndex(self._widths, self._rows, self._dtype, self._checksums, self._entries)
        (self._folder / INDEX).write_text(json.dumps(asdict(index)), encoding="utf-8")
        os.replace(self._folder, self._directory / f"{FINISHED}{self._folder.name.removeprefix(UNFINISHED)}")

    def discard(self) -> None:
        """Delete what was not finished; never fails."""
        for file in self._files.values():
            with suppress(OSError):  # closing writes what is still buffered, for which a full disk has no room
                file.close()
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def writing(root: Path) -> Iterator[None]:
    """Hold off `delete_unfinished` of other processes while this one writes parts below `root`."""
    if not HAS_LOCKS:
        yield
        return
    import fcntl

    with open(root / LOCK, "a+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)  # the system drops the lock of a process that dies, however it dies
        yield


def delete_unfinished(root: Path) -> None:
    """Delete the unfinished parts in the folders below `root` that dead processes left; never fails.

    Nothing is done while any process is writing there, since nobody can tell whose a folder is.
    """
    if not HAS_LOCKS:
        return
    import fcntl

    with suppress(OSError), open(root / LOCK, "a+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for folder in root.glob(f"*/{UNFINISHED}*"):
            shutil.rmtree(folder, ignore_errors=True)
