"""`raw:k-mers` and `raw:symbols`: each symbol with its neighbours, so that a sequence's mean feature counts k-mers.

Counts of k-mers are what sequence encoders have to beat (Leslie et al. 2002, "The spectrum kernel"). Longer k-mers are
hashed (Weinberger et al. 2009, "Feature hashing for large scale multitask learning"), so that there is no alphabet and
nothing is fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.tasks.labels import Item
from superb_lite_sequence.alphabet import code_points
from superb_lite_sequence.items import length

SINGLE = 128
"""Features of single symbols: those of ASCII have one each."""

MOST = 2**16
"""The most positions of a sequence. In a longer one a position covers several symbols."""


class KMersEncoder(Encoder):
    """A position for each symbol, with ones for the k-mers in which it has at most so many neighbours on either side.

    With one neighbour these are the symbol, the 2-mers that end and begin with it, and the 3-mer around it; a k-mer at
    another place in the window is another feature. There are none across the ends of a sequence. Of a pair there is one
    row for each sequence.

    Args:
        neighbours: on either side of a symbol.
        hashed: how many features the k-mers of more than one symbol share; 0 with no neighbours.
    """

    modality: ClassVar[str | None] = "sequence"
    pairs: ClassVar[bool] = True

    def __init__(self, *, neighbours: int = 1, hashed: int = 896) -> None:
        super().__init__()
        if neighbours < 0 or (neighbours > 0 and hashed < 1):
            raise ValueError(f"neighbours {neighbours}, hashed {hashed}: the first may be 0, and the second then, too")
        self.neighbours = neighbours
        self.hashed = hashed
        self.grams = tuple(product(range(neighbours + 1), repeat=2))  # symbols before and after

    def config(self) -> dict[str, Any]:
        return {"neighbours": self.neighbours, "hashed": self.hashed}

    def length(self, item: Item) -> int:
        return length(item)

    def collate(self, items: Sequence[Item]) -> Batch:
        """feature (R, T, S, G): the feature of each k-mer at each symbol that a position covers, -1: there is none."""
        rows = [
            (number, which, sequence)
            for number, item in enumerate(items)
            for which, sequence in enumerate(item if isinstance(item, tuple) else (item,))
        ]
        widths = [-(-len(sequence) // MOST) for *_, sequence in rows]  # symbols of a position
        counts = [-(-len(sequence) // width) for (*_, sequence), width in zip(rows, widths, strict=True)]
        feature = np.full((len(rows), max(counts), max(widths), len(self.grams)), -1, dtype=np.int64)
        span = np.zeros((len(rows), max(counts), 2), dtype=np.int64)
        for row, ((*_, sequence), width, places) in enumerate(zip(rows, widths, counts, strict=True)):
            of_symbols = np.full((places * width, len(self.grams)), -1, dtype=np.int64)
            of_symbols[: len(sequence)] = self._features(sequence)
            feature[row, :places, :width] = of_symbols.reshape(places, width, -1)
            starts = width * np.arange(places)
            span[row, :places] = np.stack([starts, np.minimum(starts + width, len(sequence))], axis=1)
        return {
            "feature": torch.from_numpy(feature),
            "span": torch.from_numpy(span),
            "segment": torch.tensor([which for _, which, _ in rows])[:, None].expand(-1, max(counts)),
            "item": torch.tensor([number for number, *_ in rows]),
        }

    def forward(self, batch: Batch) -> Features:
        """One layer. A sequence's mean over its positions is the mean over its symbols, however many each covers."""
        feature, span = batch["feature"], batch["span"]
        mask = span[..., 1] > span[..., 0]
        # The mean number of symbols at a position, rather than that of each: the last may cover fewer.
        share = mask.sum(dim=1) / span[:, :, 1].amax(dim=1)
        ones = (feature >= 0) * share[:, None, None, None]
        counts = torch.zeros(*feature.shape[:2], SINGLE + self.hashed, device=feature.device)
        layer = counts.scatter_add(2, feature.clamp(min=0).flatten(2), ones.flatten(2))
        return Features(layers=(layer,), mask=mask, item=batch["item"], spans=span, segment=batch["segment"])

    def _features(self, sequence: str) -> NDArray[np.int64]:
        """(T, G): the feature of each k-mer at each symbol, -1 where it would reach across an end."""
        points = code_points(sequence).astype(np.uint64)
        found = np.full((len(points), len(self.grams)), -1, dtype=np.int64)
        for place, (before, after) in enumerate(self.grams):
            size = before + 1 + after
            if len(points) < size:
                continue
            if size == 1:
                found[:, place] = points % SINGLE
                continue
            # A polynomial of the symbols, scrambled as MurmurHash3 ends; each place in the window has its own.
            mixed = np.full(len(points) - size + 1, place, dtype=np.uint64)
            for offset in range(size):
                mixed = mixed * np.uint64(1_000_003) + points[offset : offset + len(mixed)]
            mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
            mixed ^= mixed >> np.uint64(33)
            found[before : before + len(mixed), place] = SINGLE + (mixed % np.uint64(self.hashed)).astype(np.int64)
        return found


class SymbolsEncoder(KMersEncoder):
    """Single symbols alone, so that a sequence's mean feature is its composition."""

    def __init__(self, *, neighbours: int = 0, hashed: int = 0) -> None:
        super().__init__(neighbours=neighbours, hashed=hashed)
