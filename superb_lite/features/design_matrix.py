"""Rows: the design matrix of a task, read from the features of its examples' items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from superb_lite.features.table import FeatureTable

FEATURE_BUDGET = 512 * 2**20
"""Bytes of features that are held in memory at once. What is larger stays on disk and is read batch by batch."""


class Rows:
    """One row per example, or one per unit, for some layers of equal width.

    keys: for each example id the keys of its items in `table`; an example with two items has one row, made of both.
    `ranges` says which rows an example has.
    """

    def __init__(self, table: FeatureTable, keys: Mapping[str, Sequence[str]], layers: Sequence[int]) -> None:
        self._table, self._layers = table, list(layers)
        arity = len(next(iter(keys.values())))
        self._addresses = [
            [table.addresses([found[place] for found in keys.values()], layer) for layer in self._layers]
            for place in range(arity)
        ]
        self.ranges: dict[str, range] = {}
        first = 0
        for example, found in keys.items():
            self.ranges[example] = range(first, first + table.count(found[0], self._layers[0]))
            first = self.ranges[example].stop
        self._width = table.widths[self._layers[0]] * (1 if arity == 1 else 4)
        self._memory: Tensor | None = None
        if 4 * first * len(self._layers) * self._width <= FEATURE_BUDGET:
            self._memory = self._read(np.arange(first))

    def __len__(self) -> int:
        return len(self._addresses[0][0])

    def of(self, examples: Sequence[str]) -> Tensor:
        """The row numbers of examples, in order."""
        return torch.tensor([row for example in examples for row in self.ranges[example]], dtype=torch.long)

    def take(self, rows: Tensor) -> Tensor:
        """(n,) row numbers -> (n, L, D) float32 features."""
        return self._read(rows.numpy()) if self._memory is None else self._memory[rows]

    def _read(self, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Tensor:
        places = [
            torch.stack(
                [self._table.read(of_layer[rows], n) for n, of_layer in zip(self._layers, addresses, strict=True)],
                dim=1,
            )
            for addresses in self._addresses
        ]
        if len(places) == 1:
            return places[0]
        u, v = places
        return torch.cat([u, v, (u - v).abs(), u * v], dim=2)
