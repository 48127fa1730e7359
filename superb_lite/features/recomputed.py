"""RecomputedTable: features of sequences of which some were not kept, because the budget had no room for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from superb_lite.features.parts import HALF, POSITION_FIELDS, as_kept
from superb_lite.features.table import Address, FeatureTable, ItemFeatures
from superb_lite.features.views import KeptView


@dataclass(frozen=True)
class Unkept:
    """What is known of an entry that was computed and not kept."""

    counts: tuple[int, ...]
    """How many positions it has, by layer."""
    widths: tuple[int, ...]
    """Features of a position, by layer."""


class RecomputedTable(FeatureTable):
    """A table of positions in which what is not kept is encoded again whenever it is read.

    What is read together is encoded together. The numbers are those that would have been kept, up to what the features
    of an item depend on the items beside it in its batch.

    Args:
        kept: what is kept; None where nothing is.
        unkept: by key, of the rest.
        encode: takes keys, and gives what would be kept of each.
    """

    def __init__(
        self,
        kept: FeatureTable | None,
        unkept: Mapping[str, Unkept],
        encode: Callable[[Sequence[str]], Sequence[KeptView]],
    ) -> None:
        self._kept, self._unkept, self._encode = kept, unkept, encode
        self.widths = next(iter(unkept.values())).widths

    @property
    def recomputed(self) -> int:
        return len(self._unkept)

    def count(self, key: str, layer: int = 0) -> int:
        if self._kept is None or key in self._unkept:
            return self._unkept[key].counts[layer]
        return self._kept.count(key, layer)

    def counts(self, keys: Iterable[str], layer: int) -> NDArray[np.int64]:
        return np.array([self.count(key, layer) for key in keys], dtype=np.int64)

    def addresses(self, keys: Iterable[str], layer: int) -> Address:
        raise TypeError("what is not kept has no address")

    def stack(self, keys: Sequence[str], layer: int) -> Tensor:
        return torch.cat([item.layers[layer] for item in self.items(keys)])

    def layers(self, key: str) -> tuple[Tensor, ...]:
        return self.item(key).layers

    def layers_of(self, keys: Sequence[str]) -> list[tuple[Tensor, ...]]:
        return [item.layers for item in self.items(keys)]

    def item(self, key: str) -> ItemFeatures:
        return self.items([key])[0]

    def items(self, keys: Sequence[str]) -> list[ItemFeatures]:
        missing = list(dict.fromkeys(key for key in keys if key in self._unkept))
        found = dict(zip(missing, map(_features, self._encode(missing)), strict=True)) if missing else {}
        return [found[key] if self._kept is None or key in found else self._kept.item(key) for key in keys]


def _features(kept: KeptView) -> ItemFeatures:
    """What reading a kept entry gives."""
    layers = tuple(torch.from_numpy(as_kept(layer, HALF).astype(np.float32)) for layer in kept.layers)
    fields = {
        field: tuple(torch.from_numpy(np.asarray(of[field], dtype=np.int64)) for of in kept.fields or ())
        for field in POSITION_FIELDS
    }
    return ItemFeatures(layers, fields["spans"], fields["segment"], fields["window"])
