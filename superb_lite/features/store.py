"""FeatureStore: the features of one frozen encoder, computed once for each distinct item and kept on disk.

What is kept of an item is a `View`: its mean vector (float32), one vector per unit of raw input, or every position
with its span (float16, since sequences are large). An entry's key is the content of the raw item and the view; the
store's directory names the encoder's content hash and the version of its code. Features are written batch by batch and
read through memory maps, so that memory does not grow with the number of items.

A *part* is a directory that one call of `fetch` wrote: raw arrays, and an index with their checksums, which is written
last. A part without a sound index, or whose arrays are not what the index says, is deleted and its items are encoded
again.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import shutil
import sys
import tempfile
import time
import weakref
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from superb_lite.encoders.encoder import PROCESS, Batch, Encoder, Features
from superb_lite.errors import SuperbLiteError, foreign_errors
from superb_lite.features.pooling import pool_item_units, pool_items
from superb_lite.features.preflight import check_batch, check_covered, check_features
from superb_lite.forms import View
from superb_lite.paths import make_dir
from superb_lite.tasks.labels import Item

Progress = Callable[[int, int], None]
"""Called with (done, total)."""

INDEX = "index.json"

PART_ITEMS = 4096
"""A part is finished after so many items, so that an interruption loses no more."""

EXTRAS = {"spans": ("<i4", 2), "segment": ("<i1", 1), "window": ("<i4", 1)}
"""What is kept beside the vectors of a sequence: the dtype and how many numbers each position has."""


class Wanted(NamedTuple):
    """A view of `items[item]`, which is read when it is needed and not kept."""

    items: Mapping[str, Item]
    item: str
    view: View


@dataclass(frozen=True)
class _Missing:
    """An item that must go through the encoder. name: of its first key; views: by entry."""

    name: str
    wanted: Wanted
    length: int
    views: dict[str, View]


@dataclass(frozen=True)
class ItemFeatures:
    """Features of one item, layer by layer, each with its own number of rows T.

    layers: (T, D) float32. spans: (T, 2) in raw-input units. segment: (T,), 1 for the second text of a pair. window:
    (T,), the row of the encoder's batch that a position comes from, counted within the item.
    """

    layers: tuple[Tensor, ...]
    spans: tuple[Tensor, ...]
    segment: tuple[Tensor, ...]
    window: tuple[Tensor, ...]


class _Part:
    """One directory of features, open for reading."""

    def __init__(self, directory: Path, index: Mapping[str, Any]) -> None:
        self.directory = directory
        self.widths: list[int] = index["widths"]
        self.rows: list[int] = index["rows"]
        self.dtype: str = index["dtype"]
        self.entries: dict[str, list[list[int]]] = index["entries"]
        self._maps: dict[str, NDArray[Any]] = {}

    def layer(self, number: int) -> NDArray[Any]:
        """(rows, D), mapped from disk."""
        return self._map(f"layer{number}", self.dtype, self.rows[number], self.widths[number])

    def extra(self, name: str, number: int) -> NDArray[Any]:
        """Spans, segment or window of every row of a layer; (rows, k)."""
        dtype, width = EXTRAS[name]
        return self._map(f"{name}{number}", dtype, self.rows[number], width)

    def _map(self, name: str, dtype: str, rows: int, width: int) -> NDArray[Any]:
        if name not in self._maps:
            path = self.directory / f"{name}.bin"
            self._maps[name] = np.memmap(path, dtype=dtype, mode="r", shape=(rows, width))
        return self._maps[name]


class FeatureTable:
    """The features of some keys, all of one kind of view."""

    def __init__(self, found: Mapping[str, tuple[_Part, list[list[int]]]], store: FeatureStore) -> None:
        self._found = found
        self._store = store  # temporary features live as long as it does
        self._parts = list({part.directory: part for part, _ in found.values()}.values())
        self._number = {part.directory: number for number, part in enumerate(self._parts)}
        self.widths = tuple(next(iter(found.values()))[0].widths)

    @property
    def depth(self) -> int:
        """The number of layers."""
        return len(self.widths)

    def count(self, key: str, layer: int = 0) -> int:
        """How many rows a key has."""
        start, stop = self._found[key][1][layer]
        return stop - start

    def addresses(self, keys: Sequence[str], layer: int) -> NDArray[np.int64]:
        """(rows of all keys in order, 2): the number of the part that holds a row, and its place there."""
        numbers = np.array([self._number[self._found[key][0].directory] for key in keys], dtype=np.int64)
        ranges = np.array([self._found[key][1][layer] for key in keys], dtype=np.int64).reshape(-1, 2)
        counts = ranges[:, 1] - ranges[:, 0]
        first = np.repeat(ranges[:, 0] - (np.cumsum(counts) - counts), counts)
        return np.stack([np.repeat(numbers, counts), first + np.arange(counts.sum())], axis=1)

    def read(self, addresses: NDArray[np.int64], layer: int) -> Tensor:
        """(rows, D) float32 features at `addresses`."""
        rows = np.empty((len(addresses), self.widths[layer]), dtype=np.float32)
        for number in np.unique(addresses[:, 0]):
            mine = addresses[:, 0] == number
            rows[mine] = self._parts[number].layer(layer)[addresses[mine, 1]]
        return torch.from_numpy(rows)

    def stack(self, keys: Sequence[str], layer: int) -> Tensor:
        """(rows of all keys in order, D) float32."""
        return self.read(self.addresses(keys, layer), layer)

    def item(self, key: str) -> ItemFeatures:
        """All that is kept of a sequence."""
        part, ranges = self._found[key]
        parts = {
            name: tuple(
                torch.from_numpy(np.array(part.extra(name, n)[start:stop], dtype=np.int64))
                for n, (start, stop) in enumerate(ranges)
            )
            for name in EXTRAS
        }
        layers = tuple(
            torch.from_numpy(np.array(part.layer(n)[start:stop], dtype=np.float32))
            for n, (start, stop) in enumerate(ranges)
        )
        flat = {name: tuple(t[:, 0] for t in parts[name]) for name in ("segment", "window")}
        return ItemFeatures(layers, parts["spans"], flat["segment"], flat["window"])


class FeatureStore:
    """Features of one encoder, in evaluation mode and without gradients.

    directory: where features of all encoders are kept; None, or an encoder whose content hash holds in this process
        only: a temporary directory. batch_size: items in one forward pass. name: what error messages call the encoder.

    forward_items and seconds: how many items went through the encoder so far, and how long that took.
    """

    def __init__(self, encoder: Encoder, directory: Path | None, *, name: str = "", batch_size: int = 32) -> None:
        self.encoder = encoder
        self.name = name or type(encoder).__name__
        self.batch_size = batch_size
        self.forward_items = 0
        self.seconds = 0.0
        fingerprint = encoder.content_hash()
        if directory is None or fingerprint.startswith(PROCESS):
            self.directory = Path(tempfile.mkdtemp(prefix="superb-lite-features-"))
            weakref.finalize(self, shutil.rmtree, self.directory, ignore_errors=True)
        else:
            self.directory = make_dir(directory / _version(encoder, fingerprint))
        self._parts: dict[Path, _Part] = {}
        self._entries: dict[str, tuple[_Part, list[list[int]]]] = {}

    def table(self, wanted: Mapping[str, Wanted], progress: Progress | None = None) -> FeatureTable:
        """The features of items, by any keys. Encodes what is not there yet. All views must be of one kind."""
        keys = self.fetch(wanted, progress)
        return FeatureTable({key: self._entries[entry] for key, entry in keys.items()}, self)

    def fetch(self, wanted: Mapping[str, Wanted], progress: Progress | None = None) -> dict[str, str]:
        """Encode each distinct item once for all of its views that are not there yet; returns the entry of each key.

        Items are batched by length. Raises `SuperbLiteError`, naming the first item, when features are missing or are
        not finite.
        """
        entries: dict[str, str] = {}
        missing: dict[str, _Missing] = {}
        hashes: dict[tuple[int, str], str] = {}
        self._scan()
        for key, want in wanted.items():
            identity = (id(want.items), want.item)
            if identity not in hashes:
                hashes[identity] = item_hash(want.items[want.item])
            content = hashes[identity]
            entries[key] = entry = _entry(content, want.view)
            if entry in self._entries:
                continue
            if content not in missing:
                missing[content] = _Missing(want.item, want, self.encoder.length(want.items[want.item]), {})
            missing[content].views[entry] = want.view
        if missing:
            started = time.perf_counter()
            self._encode(list(missing.values()), progress)
            self.seconds += time.perf_counter() - started
            self._scan()
        return entries

    def _scan(self) -> None:
        """Open the parts that are new since the last scan."""
        for directory in sorted(self.directory.glob("part-*")):
            if directory in self._parts:
                continue
            index = _sound_index(directory)
            if index is None:
                shutil.rmtree(directory, ignore_errors=True)
                continue
            part = self._parts[directory] = _Part(directory, index)
            for entry, ranges in part.entries.items():
                self._entries.setdefault(entry, (part, ranges))

    @torch.no_grad()
    def _encode(self, missing: Sequence[_Missing], progress: Progress | None) -> None:
        self.encoder.eval()
        order = sorted(missing, key=lambda row: (row.length, row.name))
        kinds = {view.kind for row in order for view in row.views.values()}
        writers: dict[str, _Writer] = {}
        try:
            for start in range(0, len(order), self.batch_size):
                if not writers:
                    writers = {kind: _Writer(self.directory, _dtype(kind)) for kind in sorted(kinds)}
                rows = order[start : start + self.batch_size]
                self._encode_batch(rows, writers)
                self.forward_items += len(rows)
                stop = start + len(rows)
                if stop // PART_ITEMS > start // PART_ITEMS or stop == len(order):
                    for writer in writers.values():
                        writer.finish()
                    writers = {}
                if progress is not None:
                    progress(stop, len(order))
        except OSError as error:
            raise SuperbLiteError(f"cannot write features to '{self.directory}': {error.strerror}") from None
        finally:
            for writer in writers.values():
                writer.abandon()

    def _encode_batch(self, rows: Sequence[_Missing], writers: Mapping[str, _Writer]) -> None:
        keys = [row.name for row in rows]
        with foreign_errors(f"encoder {self.name}: collate failed"):
            batch = self.encoder.collate([row.wanted.items[row.wanted.item] for row in rows])
        check_batch(batch, self.name)
        with foreign_errors(f"encoder {self.name}: forward failed"):
            features = self.encoder(to_device(batch, self.encoder.device))
        check_features(features, len(keys), self.name)
        check_covered(features, keys, self.name)
        pending = [(number, entry, view) for number, row in enumerate(rows) for entry, view in row.views.items()]
        means = pool_items(features, len(keys)) if any(view.kind == "mean" for _, _, view in pending) else []
        for number, entry, view in pending:
            if view.kind == "mean":
                layers, extras = [layer[number][None] for layer in means], None
            elif view.kind == "units":
                units = torch.tensor(view.units, dtype=torch.long).reshape(-1, 2)
                layers = pool_item_units(features, number, units)
                extras = [{"spans": units.numpy()} for _ in layers]
            else:
                layers, extras = _positions(features, number, self.name)
            layers = [layer.cpu().float() for layer in layers]
            if not all(bool(torch.isfinite(layer).all()) for layer in layers):
                raise SuperbLiteError(f"encoder {self.name}: features that are not finite for item '{keys[number]}'")
            writers[view.kind].add(entry, layers, extras)


def to_device(batch: Batch, device: torch.device) -> Batch:
    """A batch with all its tensors on one device."""
    return {key: value.to(device) for key, value in batch.items()}


def item_hash(item: Item) -> str:
    """A hash of one raw item's content."""
    digest = hashlib.blake2b(digest_size=16)
    _update(digest, item)
    return digest.hexdigest()


def _update(digest: Any, item: Item) -> None:
    if isinstance(item, str):
        digest.update(b"s" + item.encode("utf-8", "surrogatepass"))
    elif isinstance(item, tuple):
        for part in item:
            digest.update(item_hash(part).encode())
    else:
        array = np.ascontiguousarray(item)
        digest.update(f"{array.dtype}{array.shape}".encode())
        digest.update(array.data)


def _dtype(kind: str) -> str:
    return "<f4" if kind == "mean" else "<f2"


def _entry(content: str, view: View) -> str:
    units = hashlib.blake2b(json.dumps(view.units).encode(), digest_size=8).hexdigest() if view.units else ""
    return f"{content}/{view.kind}{units}"


def _version(encoder: Encoder, fingerprint: str) -> str:
    """A folder name that changes with the weights, and with the code that turns them into features."""
    from superb_lite.machine import versions

    digest = hashlib.sha256(fingerprint.encode())
    digest.update(json.dumps(versions(), sort_keys=True).encode())
    module = sys.modules.get(type(encoder).__module__)
    if module is not None and getattr(module, "__file__", None):
        digest.update(inspect.getsource(module).encode())
    return digest.hexdigest()[:32]


def _positions(features: Features, number: int, name: str) -> tuple[list[Tensor], list[dict[str, NDArray[Any]]]]:
    """Every position of an item that the mask calls real, window after window."""
    layers, extras = [], []
    rows = torch.nonzero(features.item == number)[:, 0]
    for depth, layer in enumerate(features.layers):
        spans = features.layer_spans(depth)
        if spans is None or spans.shape[-1] != 2:
            raise SuperbLiteError(
                f"encoder {name}: it gives no one-dimensional spans, so only whole items can be scored"
            )
        mask = features.layer_mask(depth)[rows]
        segment = torch.zeros_like(mask, dtype=torch.long) if features.segment is None else features.segment[rows]
        window = torch.arange(len(rows), device=mask.device)[:, None].expand_as(mask)
        layers.append(layer[rows][mask])
        kept = {"spans": spans[rows][mask], "segment": segment[mask], "window": window[mask]}
        extras.append({key: value.cpu().numpy() for key, value in kept.items()})
    return layers, extras


class _Writer:
    """Writes one part: arrays by appending, the index last, the folder's name when all is there."""

    def __init__(self, directory: Path, dtype: str) -> None:
        self._final = directory
        self._directory = Path(tempfile.mkdtemp(prefix=".writing-", dir=directory))
        self._dtype = dtype
        self._files: dict[str, Any] = {}
        self._sums: dict[str, int] = {}
        self._widths: list[int] = []
        self._rows: list[int] = []
        self._entries: dict[str, list[list[int]]] = {}

    def add(self, entry: str, layers: Sequence[Tensor], extras: Sequence[Mapping[str, NDArray[Any]]] | None) -> None:
        """Append one entry: (T, D) features of each layer and what lies beside them."""
        if not self._widths:
            self._widths, self._rows = [layer.shape[1] for layer in layers], [0] * len(layers)
        if [layer.shape[1] for layer in layers] != self._widths:
            raise SuperbLiteError("the encoder's layers change their number or width from batch to batch")
        ranges = []
        for number, layer in enumerate(layers):
            # Half precision ends at 65504; what lies beyond is kept as large as it can be.
            limit = float(np.finfo(self._dtype).max)
            self._append(f"layer{number}", layer.clamp(-limit, limit).numpy().astype(self._dtype))
            for name, (dtype, width) in EXTRAS.items() if extras is not None else ():
                values = extras[number].get(name) if extras is not None else None
                rows = np.zeros((len(layer), width)) if values is None else values.reshape(len(layer), width)
                self._append(f"{name}{number}", rows.astype(dtype))
            ranges.append([self._rows[number], self._rows[number] + len(layer)])
            self._rows[number] += len(layer)
        self._entries[entry] = ranges

    def _append(self, name: str, array: NDArray[Any]) -> None:
        if name not in self._files:
            self._files[name] = open(self._directory / f"{name}.bin", "wb")  # noqa: SIM115
        content = array.tobytes()
        self._files[name].write(content)
        self._sums[name] = zlib.crc32(content, self._sums.get(name, 0))

    def finish(self) -> None:
        """Make the part visible to readers."""
        for file in self._files.values():
            file.close()
        if not self._entries:
            self.abandon()
            return
        index = {
            "widths": self._widths,
            "rows": self._rows,
            "dtype": self._dtype,
            "crc32": self._sums,
            "entries": self._entries,
        }
        (self._directory / INDEX).write_text(json.dumps(index), encoding="utf-8")
        os.replace(self._directory, self._final / f"part-{self._directory.name.removeprefix('.writing-')}")

    def abandon(self) -> None:
        """Delete what was not finished."""
        for file in self._files.values():
            file.close()
        shutil.rmtree(self._directory, ignore_errors=True)


def _sound_index(directory: Path) -> Mapping[str, Any] | None:
    """The index of a part, None where it or its arrays are damaged."""
    try:
        index: dict[str, Any] = json.loads((directory / INDEX).read_text(encoding="utf-8"))
        for name, expected in index["crc32"].items():
            found = 0
            with open(directory / f"{name}.bin", "rb") as file:
                while content := file.read(1 << 22):
                    found = zlib.crc32(content, found)
            if found != expected:
                return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return index
