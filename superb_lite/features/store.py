"""FeatureStore: the features of one frozen encoder, computed once for each distinct item and kept on disk.

What is kept of an item is a `View`: its mean vector, or those of its quarters (float32), one vector per unit of raw
input, or every position with its span (float16, since sequences are large). An entry's key is the content of the raw
item and the view. The store's folder names everything else that decides features: the encoder's content hash, the code
of the engine and of the encoder's package, the versions of libraries, and the kind of device. Features are written
batch by batch and read through memory maps, so that memory does not grow with the number of items (see
`superb_lite.features.parts`).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from superb_lite.encoders.content_hash import PROCESS, content_hash, packages_of, weights_sha256
from superb_lite.encoders.encoder import Batch, Encoder
from superb_lite.errors import SuperbLiteError, foreign_errors
from superb_lite.features.batches import ahead, pinned, to_device
from superb_lite.features.budget import Budget, Held
from superb_lite.features.feature_checks import check_batch, check_covered, check_features
from superb_lite.features.parts import FINISHED, HALF, PartWriter, delete_unfinished, open_part, writing
from superb_lite.features.raw_items import RawItems
from superb_lite.features.recomputed import RecomputedTable, Unkept
from superb_lite.features.spot_check import Smallest, SpotCheck
from superb_lite.features.table import FeatureTable, Shelf
from superb_lite.features.views import KeptView, kept_views
from superb_lite.forms import View
from superb_lite.forms.base import POSITIONS
from superb_lite.machine import code_sha256, versions
from superb_lite.paths import make_dir
from superb_lite.tasks.item_hashes import Item, ItemHashes, hashes_of

Progress = Callable[[int, int], None]
"""Called with (done, total)."""

RAW_BUDGET = 512 * 2**20
"""Bytes of raw items that are kept in memory from the time that they are measured until they are encoded."""

PART_ITEMS = 4096
"""A part is finished after so many items, so that an interruption loses no more."""

PART_BYTES = 2**32
"""Or after so many bytes."""


_MEASURED = 128
"""Items whose lengths are asked for at once: an encoder in another process answers each question in a millisecond."""


class ItemView(NamedTuple):
    """What is asked of a store: a view of `items[key]`, which is read when it is needed and not kept."""

    items: Mapping[str, Item]
    key: str
    view: View


@dataclass(slots=True)
class _Missing:
    """An item that must go through the encoder."""

    source: ItemView
    """Where the item is read; any of the keys that stand for this content."""

    content: str
    """Its hash."""

    views: tuple[View, ...] = ()
    """What is to be kept of it."""

    length: float = 0.0
    """Its relative cost, once it was measured."""

    def entries(self) -> dict[str, View]:
        """Its views by entry."""
        return {_entry(self.content, view): view for view in self.views}


class FeatureStore:
    """Features of one encoder, in evaluation mode and without gradients.

    Args:
        encoder: what encodes, on the device that it is on now.
        directory: where features of all encoders are kept; None, or an encoder whose content hash holds in this process
            only: a temporary directory.
        name: what error messages call the encoder.
        batch_size: items in one forward pass.
        overlap: collate in a thread, ahead of the forward pass. None: on an accelerator; on the CPU both want the same
            cores. Features are the same to the last bit either way.
    """

    forward_items: int
    """How many items went through the encoder so far, but for those that were encoded again."""

    recomputed_items: int
    """How many were encoded again, each time that they were read, because there was no room to keep them."""

    seconds: float
    """How long that took."""

    def __init__(
        self,
        encoder: Encoder,
        directory: Path | None,
        *,
        name: str = "",
        batch_size: int = 32,
        overlap: bool | None = None,
    ) -> None:
        if batch_size < 1:
            raise SuperbLiteError(f"--batch-size {batch_size}: at least 1 item is needed")
        self.overlap = encoder.device.type != "cpu" if overlap is None else overlap
        self.encoder = encoder
        self.name = name or type(encoder).__name__
        self.batch_size = batch_size
        self.forward_items = self.recomputed_items = 0
        self.seconds = 0.0
        fingerprint = content_hash(encoder)
        self._weights = weights_sha256(encoder)
        self._spot_check = SpotCheck(self.name)
        if directory is None or fingerprint.startswith(PROCESS):
            self._root = Path(tempfile.mkdtemp(prefix="superb-lite-features-"))
            weakref.finalize(self, shutil.rmtree, self._root, ignore_errors=True)
        else:
            self._root = make_dir(directory)
            delete_unfinished(self._root)
        self.directory = self._root / folder_name(encoder, fingerprint)
        self._held = Held(self.directory)
        self._raw = RawItems(RAW_BUDGET)
        self._opened: set[Path] = set()
        self._shelf = Shelf()
        self._entries: dict[str, int] = {}  # by entry its number on the shelf
        self._unkept: dict[str, Unkept] = {}

    def table(self, views: Mapping[str, ItemView], progress: Progress | None = None) -> FeatureTable:
        """The features of items, by any keys. Encodes what is not there yet. All views must be of one kind."""
        hashes = {id(source.items): hashes_of(source.items) for source in views.values()}
        self.fetch(views.values(), progress)
        named = {k: _entry(hashes[id(v.items)][v.key], v.view) for k, v in views.items()}
        found = {key: self._entries[entry] for key, entry in named.items() if entry in self._entries}
        kept = FeatureTable(found, self._shelf, self) if found else None
        unkept = {key: self._unkept[entry] for key, entry in named.items() if key not in found}
        if kept is not None and not unkept:
            return kept
        return RecomputedTable(kept, unkept, lambda keys: self._again([views[key] for key in keys]))

    def fetch(self, views: Iterable[ItemView], progress: Progress | None = None) -> None:
        """Encode each distinct item once for all of its views that are not there yet. Views are walked through once.

        Items are batched by length. Sequences for which the budget has no room (`superb_lite.features.budget`) are
        encoded as well, so that they are checked and their positions counted, and not kept. Raises `SuperbLiteError`,
        naming the first item, when features are missing or are not finite.
        """
        missing: dict[str, _Missing] = {}
        sampled = Smallest()
        hashes: dict[int, ItemHashes] = {}
        self._scan()
        try:
            for source in views:
                known = hashes.get(id(source.items))
                if known is None:
                    known = hashes[id(source.items)] = hashes_of(source.items)
                if source.key not in known:  # of items that no task checked
                    known.add(source.key, self._read(source.items, source.key))
                content = known[source.key]
                entry = _entry(content, source.view)
                if entry in self._unkept:
                    continue
                sampled.show(content, *source[:2], entry, source.view)
                if entry in self._entries:
                    continue
                found = missing.get(content)
                if found is None:
                    found = missing[content] = _Missing(source, content)
                if source.view not in found.views:
                    found.views += (source.view,)
            if missing:
                order = list(missing.values())
                missing.clear()
                self._measure(order)
                order.sort(key=lambda row: (row.length, row.source.key))
                started = time.perf_counter()
                self._encode(order, progress)
                self.seconds += time.perf_counter() - started
                self._scan()
            self._check_new(sampled)
        finally:
            self._raw.clear()

    def _measure(self, missing: Sequence[_Missing]) -> None:
        """Ask the encoder for the lengths of items, of some at once."""
        for start in range(0, len(missing), _MEASURED):
            some = missing[start : start + _MEASURED]
            lengths = self.encoder.lengths([self._read(m.source.items, m.source.key) for m in some])
            for each, length in zip(some, lengths, strict=True):
                each.length = length

    def check_encoder(self) -> None:
        """Refuse an encoder that is not what it was when its content hash was taken; call it when features were used.

        Raises `SuperbLiteError` where weights or buffers changed, or where a few items have other features than before
        when they are encoded again (see `superb_lite.features.spot_check`).
        """
        self._check_weights()
        self._spot_check.repeat(self._kept)

    def _check_weights(self) -> None:
        if weights_sha256(self.encoder) != self._weights:
            raise SuperbLiteError(
                f"encoder {self.name}: its weights or buffers changed while it was evaluated, so the result is not kept"
            )

    def _check_new(self, sampled: Smallest) -> None:
        """The spot check of what was asked for."""
        try:
            self._spot_check.add(sampled, read=self._read, kept=self._kept_layers, encode=self._kept)
        except SuperbLiteError:
            self._check_weights()  # which says more, where it is they that changed
            raise

    def _read(self, items: Mapping[str, Item], key: str) -> Item:
        return self.reader(items)[key]

    def _kept_layers(self, entry: str) -> tuple[Tensor, ...]:
        """By layer the (T, D) float32 features of an entry."""
        if entry not in self._entries:
            return ()  # nothing is kept that could be of another encoder
        return FeatureTable({entry: self._entries[entry]}, self._shelf, self).layers(entry)

    def reader(self, items: Mapping[str, Item]) -> Mapping[str, Item]:
        """The same items, read once each until the next `fetch` is over, as far as `RAW_BUDGET` goes."""
        return self._raw.reader(items)

    def _scan(self) -> None:
        """Open the parts that are new since the last scan, and delete those that are damaged."""
        for directory in sorted(self.directory.glob(f"{FINISHED}*")):
            if directory in self._opened:
                continue
            found = open_part(directory)
            if found is None:
                shutil.rmtree(directory, ignore_errors=True)
                continue
            self._opened.add(directory)
            part, entries = found
            for entry, number in zip(entries, self._shelf.add(part), strict=True):
                self._entries.setdefault(entry, number)

    @torch.no_grad()
    def _encode(self, order: Sequence[_Missing], progress: Progress | None) -> None:
        self.encoder.eval()
        kinds = {view.kind for row in order for view in row.views}
        groups = [order[first : first + self.batch_size] for first in range(0, len(order), self.batch_size)]
        writers: dict[str, PartWriter] = {}
        done = 0
        try:
            budget = Budget(self._root)
            with writing(self._root), closing(self._batches(groups)) as batches:
                for rows, batch in zip(groups, batches, strict=True):
                    if not writers:
                        writers = {kind: PartWriter(self.directory, _dtype(kind)) for kind in sorted(kinds)}
                    self._encode_batch(rows, batch, writers, budget)
                    self.forward_items += len(rows)
                    before, done = done, done + len(rows)
                    written = max(writer.bytes for writer in writers.values())
                    if done // PART_ITEMS > before // PART_ITEMS or done == len(order) or written >= PART_BYTES:
                        for writer in writers.values():
                            writer.finish()
                        writers = {}
                    if progress is not None:
                        progress(done, len(order))
        except OSError as error:
            raise SuperbLiteError(f"cannot write features to '{self.directory}': {error.strerror}") from None
        finally:
            for writer in writers.values():
                writer.discard()

    def _batches(self, groups: Sequence[Sequence[_Missing]]) -> Generator[Batch, None, None]:
        """The collated batch of each group of items."""
        overlap = self.overlap and self.encoder.collates_ahead and len(groups) > 1
        yield from ahead(self._collate, groups) if overlap else map(self._collate, groups)

    def _collate(self, rows: Sequence[_Missing]) -> Batch:
        items = []
        for row in rows:
            with foreign_errors(f"item '{row.source.key}' cannot be read"):
                items.append(self._read(row.source.items, row.source.key))
        return self._collate_items([row.source.key for row in rows], items)

    def _collate_items(self, keys: Sequence[str], items: Sequence[Item]) -> Batch:
        try:
            batch = self.encoder.collate(items)
        except Exception:
            key = keys[self._first_refused(items)]
            with foreign_errors(f"encoder {self.name}: collate failed for item '{key}'"):
                raise
        check_batch(batch, self.name)
        return pinned(batch) if self.encoder.device.type == "cuda" else batch

    def _first_refused(self, items: Sequence[Item]) -> int:
        """The index of the first item that cannot be collated by itself; 0 where all can."""
        for number, item in enumerate(items):
            try:
                self.encoder.collate([item])
            except Exception:
                return number
        return 0

    def _encode_batch(
        self, rows: Sequence[_Missing], batch: Batch, writers: Mapping[str, PartWriter], budget: Budget
    ) -> None:
        for kept in self._forward([row.source.key for row in rows], batch, [row.entries() for row in rows]):
            room = budget.take(kept.size(np.dtype(_dtype(kept.kind)).itemsize))
            if room or kept.kind != POSITIONS.kind:
                writers[kept.kind].add(kept.entry, kept.layers, kept.fields)
                continue
            counts, widths = zip(*(layer.shape for layer in kept.layers), strict=True)
            self._unkept[kept.entry] = Unkept(counts, widths)

    def _again(self, sources: Sequence[ItemView]) -> list[KeptView]:
        """What would be kept of some items, which are encoded for it."""
        found: list[KeptView] = []
        for start in range(0, len(sources), self.batch_size):
            part = sources[start : start + self.batch_size]
            items = [self._read(source.items, source.key) for source in part]
            found += self._kept([source.key for source in part], items, [{"": source.view} for source in part])
        self.recomputed_items += len(found)
        return found

    def _forward(self, keys: Sequence[str], batch: Batch, views: Sequence[Mapping[str, View]]) -> Iterator[KeptView]:
        """What is kept of a batch, checked. keys: of its items."""
        with foreign_errors(f"encoder {self.name}: forward failed"):
            features = self.encoder(to_device(batch, self.encoder.device))
        check_features(features, len(keys), self.name)
        check_covered(features, keys, self.name)
        for kept in kept_views(features, views, name=self.name):
            if not all(bool(torch.isfinite(layer).all()) for layer in kept.layers):
                raise SuperbLiteError(f"encoder {self.name}: features that are not finite for item '{keys[kept.item]}'")
            yield kept

    @torch.no_grad()
    def _kept(self, keys: list[str], items: list[Item], views: list[dict[str, View]]) -> list[KeptView]:
        self.encoder.eval()
        return list(self._forward(keys, self._collate_items(keys, items), views))


def _dtype(kind: str) -> str:
    return "<f4" if kind in ("mean", "grid", "box") else HALF


def _entry(content: str, view: View) -> str:
    units = hashlib.blake2b(json.dumps(view.units).encode(), digest_size=8).hexdigest() if view.units else ""
    return f"{content}/{view.kind}{units}"


def folder_name(encoder: Encoder, fingerprint: str) -> str:
    """A name that changes with all that decides features but the items: weights, code, libraries, device and dtype.

    fingerprint: the encoder's content hash. Features of a GPU differ from those of a CPU in their last bits.
    """
    weight = next((p for p in encoder.parameters() if p.is_floating_point()), torch.empty(0))
    decides = [
        fingerprint,
        code_sha256("superb_lite", *packages_of(encoder)),
        versions(),
        encoder.device.type,
        str(weight.dtype),
    ]
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:32]
