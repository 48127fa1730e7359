"""Rows: the design matrix of a task, read from the features of its examples' items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from superb_lite.features.table import Address, FeatureTable, spread

FEATURE_BUDGET = 512 * 2**20
"""Bytes of features that are held in memory at once. What is larger stays on disk and is read batch by batch."""

CHUNK = 8192
"""Rows that are read at a time where all of them are needed."""


class Rows:
    """One row per example, or one per unit, for some layers of equal width.

    keys: for each example id the keys of its items in `table`; an example with two items has one row, [|u - v|, u * v]
    of both. `of` says which rows an example has.
    known: the labelled examples. Both items of a pair are standardised with the statistics of theirs: of features that
    share a large mean, as those of most networks do, products say nothing but what each of the two says by itself.
    """

    def __init__(
        self, table: FeatureTable, keys: Mapping[str, Sequence[str]], layers: Sequence[int], known: Sequence[str] = ()
    ) -> None:
        self._table, self._layers = table, list(layers)
        arity = len(next(iter(keys.values())))
        self._addresses = [self._addresses_of([found[place] for found in keys.values()]) for place in range(arity)]
        self._number = {example: number for number, example in enumerate(keys)}
        self._counts = table.counts((found[0] for found in keys.values()), self._layers[0])
        self._firsts = np.cumsum(self._counts) - self._counts
        self._width = table.widths[self._layers[0]] * arity
        self._moments = self._pair_moments(self.of(known or list(keys))) if arity == 2 else None
        self._memory: Tensor | None = None
        if 4 * len(self) * len(self._layers) * self._width <= FEATURE_BUDGET:
            self._memory = self._all()
            self._addresses = []

    def __len__(self) -> int:
        return int(self._counts.sum())

    def of(self, examples: Sequence[str]) -> Tensor:
        """The row numbers of examples, in order."""
        numbers = np.fromiter((self._number[example] for example in examples), dtype=np.int64)
        return torch.from_numpy(spread(self._firsts[numbers], self._counts[numbers]))

    def take(self, rows: Tensor) -> Tensor:
        """(n,) row numbers -> (n, L, D) float32 features."""
        return self._read(rows.numpy()) if self._memory is None else self._memory[rows]

    def _read(self, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Tensor:
        places = self._places(rows)
        if self._moments is None:
            return places[0]
        mean, std = self._moments
        u, v = ((place - mean) / std for place in places)
        return torch.cat([(u - v).abs(), u * v], dim=2)

    def _all(self) -> Tensor:
        """(rows, L, D), read in chunks, so that nothing is there twice."""
        everything = torch.empty(len(self), len(self._layers), self._width)
        for part in torch.arange(len(self)).split(CHUNK):
            everything[part] = self._read(part.numpy())
        return everything

    def _addresses_of(self, keys: Sequence[str]) -> list[Address]:
        """By layer those of the rows of some keys; layers that lie alike share one array."""
        found: list[Address] = []
        for layer in self._layers:
            mine = self._table.addresses(keys, layer)
            found.append(found[0] if found and np.array_equal(found[0], mine) else mine)
        return found

    def _places(self, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[Tensor]:
        """(n, L, D) features of the first items of some rows, and of the second ones of pairs."""
        return [
            torch.stack(
                [self._table.read(of_layer[rows], n) for n, of_layer in zip(self._layers, addresses, strict=True)],
                dim=1,
            )
            for addresses in self._addresses
        ]

    def _pair_moments(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """(L, D) means and standard deviations of both items of some rows; what does not vary has deviation 1."""
        sizes = torch.zeros(2, len(self._layers), self._table.widths[self._layers[0]], dtype=torch.float64)
        for part in rows.split(CHUNK):
            for place in self._places(part.numpy()):
                sizes += torch.stack([place.double().sum(0), place.double().square().sum(0)])
        mean, square = sizes / (2 * len(rows))
        std = (square - mean**2).clamp_min(0).sqrt()
        # Of a constant the sums leave rounding errors, which must not be blown up.
        std[std <= 1e-6 * (1 + mean.abs())] = 1.0
        return mean.float(), std.float()
