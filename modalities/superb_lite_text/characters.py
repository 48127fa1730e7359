"""`raw:characters`: each character as itself, so that a text's mean feature is its bag of characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import torch
from torch.nn import functional as F

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.tasks.labels import Item
from superb_lite_sources import chinese


class CharactersEncoder(Encoder):
    """One-hot characters: the `size` most frequent ones of the embedded corpus, and one feature for all others."""

    modality: ClassVar[str | None] = "text"

    def __init__(self, vocabulary: Sequence[str] | None = None, *, size: int = 1000) -> None:
        super().__init__()
        known = list(count_characters(chinese.corpus())) if vocabulary is None else vocabulary
        self.vocabulary = tuple(known[:size])
        self._feature = {character: 2 + number for number, character in enumerate(self.vocabulary)}

    def config(self) -> dict[str, Any]:
        return {"vocabulary": list(self.vocabulary), "size": len(self.vocabulary)}

    def length(self, item: Item) -> int:
        return len(item)

    def collate(self, items: Sequence[Item]) -> Batch:
        longest = max(map(len, items))
        feature = torch.zeros(len(items), longest, dtype=torch.long)
        for row, text in enumerate(items):
            feature[row, : len(text)] = torch.tensor([self._feature.get(character, 1) for character in text])
        return {"feature": feature, "item": torch.arange(len(items))}

    def forward(self, batch: Batch) -> Features:
        feature = batch["feature"]
        position = torch.arange(feature.shape[1], device=feature.device)
        spans = torch.stack([position, position + 1], dim=1).expand(len(feature), -1, -1)
        # 0 is padding, 1 every character that has no feature of its own.
        layer = F.one_hot(feature, len(self.vocabulary) + 2)[..., 1:].float()
        return Features(layers=(layer,), mask=feature > 0, item=batch["item"], spans=spans)


def count_characters(texts: Iterable[str]) -> dict[str, int]:
    """Characters and how often they occur, the most frequent first."""
    counts = Counter(character for text in texts for character in text)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
