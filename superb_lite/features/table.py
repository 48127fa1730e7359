"""FeatureTable: the features of some items as rows, read from the parts that hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from superb_lite.features.parts import POSITION_FIELDS, Part, RowRange


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


@dataclass(frozen=True)
class Location:
    """Where an entry lies."""

    part: Part
    rows: Sequence[RowRange]
    """Its rows in each layer."""


class FeatureTable:
    """The features of some keys, all of one kind of view.

    Args:
        locations: where the features of each key lie.
        owner: what must live as long as the table does: the store, whose temporary features go with it.
    """

    def __init__(self, locations: Mapping[str, Location], owner: object) -> None:
        self._locations = locations
        self._owner = owner
        self._parts = list({found.part.directory: found.part for found in locations.values()}.values())
        self._number = {part.directory: number for number, part in enumerate(self._parts)}
        self.widths = tuple(next(iter(locations.values())).part.index.widths)

    @property
    def depth(self) -> int:
        """The number of layers."""
        return len(self.widths)

    def count(self, key: str, layer: int = 0) -> int:
        """How many rows a key has."""
        start, stop = self._locations[key].rows[layer]
        return stop - start

    def addresses(self, keys: Sequence[str], layer: int) -> NDArray[np.int64]:
        """(rows of all keys in order, 2): the number of the part that holds a row, and its place there."""
        numbers = np.array([self._number[self._locations[key].part.directory] for key in keys], dtype=np.int64)
        ranges = np.array([self._locations[key].rows[layer] for key in keys], dtype=np.int64).reshape(-1, 2)
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

    def layers(self, key: str) -> tuple[Tensor, ...]:
        """By layer the (T, D) float32 features of a key."""
        return tuple(self.stack([key], layer) for layer in range(self.depth))

    def item(self, key: str) -> ItemFeatures:
        """All that is kept of a sequence."""
        part, ranges = self._locations[key].part, self._locations[key].rows
        fields = {
            field: tuple(
                torch.from_numpy(np.array(part.positions(field, n)[start:stop], dtype=np.int64))
                for n, (start, stop) in enumerate(ranges)
            )
            for field in POSITION_FIELDS
        }
        flat = {field: tuple(t[:, 0] for t in fields[field]) for field in ("segment", "window")}
        return ItemFeatures(self.layers(key), fields["spans"], flat["segment"], flat["window"])
