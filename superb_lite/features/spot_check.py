"""SpotCheck: a few items are encoded again, to see what no content hash can.

An encoder may read what it does from a file, change after its preflight, or have the content hash of another one. So
when features of new items are there, a few of these items are encoded once more, as a batch of their own, and compared
with what is kept of them; and when their features have been used, the same batch must give the same again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from superb_lite.errors import SuperbLiteError
from superb_lite.features.views import KeptView
from superb_lite.forms import View
from superb_lite.tasks.item_hashes import Item

SAMPLES = 8
"""How many items are encoded again."""

SAME_BATCH = 1e-3
"""How far two passes over one batch may be apart, relative to the largest feature of a layer."""

OTHER_BATCH = 0.25
"""How far the features of an item may be apart, relative to their norm, when other items stand beside it in its batch:
some encoders (wav2vec 2.0 with group normalisation) let the padding have a say. Features of another encoder are about
as far from these as they are long."""

HALF_MAX = torch.finfo(torch.float16).max


Encode = Callable[[list[str], list[Item], list[dict[str, View]]], list[KeptView]]
"""What is kept of one batch; takes the names of items, the raw items, and the views of each by entry."""


@dataclass(frozen=True)
class SampledItem:
    """An item that is encoded again."""

    items: Mapping[str, Item]
    """Where it is read."""

    key: str
    """Its key there."""

    views: dict[str, View] = field(default_factory=dict)
    """What is compared, by entry."""


class Smallest(dict[str, SampledItem]):
    """Of all items that it is shown, those of the `SAMPLES` smallest hashes, by hash."""

    def show(self, content: str, items: Mapping[str, Item], key: str, entry: str, view: View) -> None:
        """An item by its hash, and one view of it."""
        if content not in self:
            if len(self) == SAMPLES:
                largest = max(self)
                if content > largest:
                    return
                del self[largest]
            self[content] = SampledItem(items, key)
        self[content].views[entry] = view


class SpotCheck:
    """The spot check of one feature store.

    Args:
        name: what errors call the encoder.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._samples: dict[str, SampledItem] = {}
        self._raw: dict[str, Item] = {}
        self._first: list[KeptView] = []

    def add(
        self,
        new: Mapping[str, SampledItem],
        *,
        read: Callable[[Mapping[str, Item], str], Item],
        kept: Callable[[str], tuple[Tensor, ...]],
        encode: Encode,
    ) -> None:
        """Compare what is kept of new items with what the encoder computes now, for the items of the smallest hashes.

        Args:
            new: by the hash of the item, at least those of the smallest hashes (`Smallest`).
            read: reads an item of a mapping.
            kept: by layer the (T, D) float32 features of an entry.

        Raises:
            SuperbLiteError: they differ.
        """
        merged = dict(self._samples)
        for content, sample in new.items():
            if content in merged:
                sample = replace(merged[content], views={**merged[content].views, **sample.views})
            merged[content] = sample
        chosen = {content: merged[content] for content in sorted(merged)[:SAMPLES]}
        before = {content: set(sample.views) for content, sample in self._samples.items()}
        if before == {content: set(sample.views) for content, sample in chosen.items()}:
            return
        self._raw = {
            content: self._raw[content] if content in self._raw else read(sample.items, sample.key)
            for content, sample in chosen.items()
        }
        self._samples = chosen
        self._first = self._pass(encode)
        for now in self._first:
            for layer, expected in zip(now.layers, kept(now.entry), strict=False):
                found = layer.clamp(-HALF_MAX, HALF_MAX)  # as it is kept
                distance = float((found - expected).norm()) if found.shape == expected.shape else math.inf
                if not distance <= OTHER_BATCH * float(max(found.norm(), expected.norm())):
                    raise SuperbLiteError(
                        f"encoder {self._name}: the features kept of item '{self._key(now)}' are not those that it "
                        "computes: it changes while it is used, or does what its weights, config and code do not say "
                        "(cached features of it are deleted by `superb-lite cache clear`)"
                    )

    def repeat(self, encode: Encode) -> None:
        """Encode the same items again. Raises `SuperbLiteError` where their features are not the same as before."""
        for before, now in zip(self._first, self._pass(encode) if self._first else [], strict=True):
            for x, y in zip(before.layers, now.layers, strict=True):
                limit = SAME_BATCH * max(1e-6, float(x.abs().max())) if x.numel() else 0.0
                if x.shape != y.shape or not torch.allclose(x, y, rtol=0.0, atol=limit):
                    raise SuperbLiteError(
                        f"encoder {self._name}: item '{self._key(now)}' has other features than before: the encoder "
                        "changed while it was evaluated, so its results are not kept"
                    )

    def _pass(self, encode: Encode) -> list[KeptView]:
        samples = list(self._samples.values())
        return encode([s.key for s in samples], list(self._raw.values()), [s.views for s in samples])

    def _key(self, kept: KeptView) -> str:
        return list(self._samples.values())[kept.item].key
