"""FeatureTable: the features of some items as rows, read from the parts that hold them."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from superb_lite.features.parts import POSITION_FIELDS, Part


@dataclass(frozen=True)
class ItemFeatures:
    """The features of one item, layer by layer, each with its own number of rows T."""

    layers: tuple[Tensor, ...]
    """(T, D) float32."""

    spans: tuple[Tensor, ...]
    """(T, 2) int64: the half-open stretch of raw input that a row covers."""

    segment: tuple[Tensor, ...]
    """(T,) int64: 1 for the second text of a pair, else 0."""

    window: tuple[Tensor, ...]
    """(T,) int64: the row of the encoder's batch that a position comes from, counted within the item."""


Address = NDArray[np.int32]
"""(rows, 2): the number of the part that holds a row, and its place there."""


class Shelf:
    """Parts in a row, whose entries are counted through: an entry is found by a number instead of an object."""

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._firsts: list[int] = []
        self.entries = 0
        """How many entries there are."""

    def add(self, part: Part) -> range:
        """The numbers of the entries of one more part."""
        self._parts.append(part)
        self._firsts.append(self.entries)
        self.entries += len(part.ranges)
        return range(self._firsts[-1], self.entries)

    def part(self, number: int) -> Part:
        """One part, by its place."""
        return self._parts[number]

    def find(self, entry: int) -> tuple[Part, NDArray[np.int64]]:
        """The part of an entry, and its rows (L, 2) in each layer."""
        place = bisect.bisect_right(self._firsts, entry) - 1
        return self._parts[place], self._parts[place].ranges[entry - self._firsts[place]]

    def ranges(self, entries: NDArray[np.int64], layer: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Of n entries the places (n,) of their parts, and their rows (n, 2) in a layer."""
        places = np.searchsorted(np.array(self._firsts), entries, side="right") - 1
        found = np.empty((len(entries), 2), dtype=np.int64)
        for place, mine in grouped(places):
            found[mine] = self._parts[place].ranges[entries[mine] - self._firsts[place], layer]
        return places, found


class FeatureTable:
    """The features of some keys, all of one kind of view.

    Args:
        entries: by key the number of its entry on the shelf.
        owner: what must live as long as the table does: the store, whose temporary features go with it.
    """

    def __init__(self, entries: Mapping[str, int], shelf: Shelf, owner: object) -> None:
        self._entries = entries
        self._shelf = shelf
        self._owner = owner
        self.widths = shelf.find(next(iter(entries.values())))[0].widths

    @property
    def depth(self) -> int:
        """The number of layers."""
        return len(self.widths)

    @property
    def recomputed(self) -> int:
        """How many keys are encoded again whenever they are read, because there was no room to keep them."""
        return 0

    def count(self, key: str, layer: int = 0) -> int:
        """How many rows a key has."""
        start, stop = self._shelf.find(self._entries[key])[1][layer]
        return int(stop - start)

    def counts(self, keys: Iterable[str], layer: int) -> NDArray[np.int64]:
        """How many rows each of some keys has."""
        _, ranges = self._shelf.ranges(self._numbers(keys), layer)
        return np.diff(ranges)[:, 0]

    def addresses(self, keys: Iterable[str], layer: int) -> Address:
        """Of the rows of all keys, in order."""
        places, ranges = self._shelf.ranges(self._numbers(keys), layer)
        counts = np.diff(ranges)[:, 0]
        return np.stack([np.repeat(places, counts), spread(ranges[:, 0], counts)], axis=1).astype(np.int32)

    def read(self, addresses: Address, layer: int) -> Tensor:
        """(rows, D) float32 features at `addresses`."""
        rows = np.empty((len(addresses), self.widths[layer]), dtype=np.float32)
        for place, mine in grouped(addresses[:, 0]):
            rows[mine] = self._shelf.part(place).layer(layer)[addresses[mine, 1]]
        return torch.from_numpy(rows)

    def stack(self, keys: Sequence[str], layer: int) -> Tensor:
        """(rows of all keys in order, D) float32."""
        return self.read(self.addresses(keys, layer), layer)

    def layers(self, key: str) -> tuple[Tensor, ...]:
        """By layer the (T, D) float32 features of a key."""
        return tuple(self.stack([key], layer) for layer in range(self.depth))

    def layers_of(self, keys: Sequence[str]) -> list[tuple[Tensor, ...]]:
        """`layers` of some keys."""
        return [self.layers(key) for key in keys]

    def items(self, keys: Sequence[str]) -> list[ItemFeatures]:
        """All that is kept of some sequences."""
        return [self.item(key) for key in keys]

    def item(self, key: str) -> ItemFeatures:
        """All that is kept of a sequence."""
        part, ranges = self._shelf.find(self._entries[key])
        fields = {
            field: tuple(
                torch.from_numpy(np.array(part.positions(field, n)[start:stop], dtype=np.int64))
                for n, (start, stop) in enumerate(ranges)
            )
            for field in POSITION_FIELDS
        }
        flat = {field: tuple(t[:, 0] for t in fields[field]) for field in ("segment", "window")}
        return ItemFeatures(self.layers(key), fields["spans"], flat["segment"], flat["window"])

    def _numbers(self, keys: Iterable[str]) -> NDArray[np.int64]:
        return np.fromiter((self._entries[key] for key in keys), dtype=np.int64)


def grouped(places: NDArray[Any]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """(n,) numbers -> each of them that occurs, and where it does."""
    order = np.argsort(places, kind="stable")
    found, firsts = np.unique(places[order], return_index=True)
    yield from zip(found.tolist(), np.split(order, firsts[1:]), strict=False)


def spread(firsts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers first, first + 1, ..., first + count - 1 of each of n ranges, one after the other."""
    return np.repeat(firsts - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
