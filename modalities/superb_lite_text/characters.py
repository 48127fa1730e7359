"""`raw:characters`: each character as itself, so that a text's mean feature is its bag of characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch.nn import functional as F

from superb_lite.encoder import Batch, Encoder, Features, Item
from superb_lite.sources import chinese
from superb_lite_text.tokenizer import CharacterTokenizer, count_characters


class CharactersEncoder(Encoder):
    """One-hot characters: the `size` most frequent ones of the embedded corpus, and one feature for all others."""

    modality: ClassVar[str | None] = "text"

    def __init__(self, vocabulary: Sequence[str] | None = None, *, size: int = 1000) -> None:
        super().__init__()
        known = list(count_characters(chinese.corpus())) if vocabulary is None else vocabulary
        self.tokenizer = CharacterTokenizer(known[:size])

    def config(self) -> dict[str, Any]:
        return {"vocabulary": list(self.tokenizer.vocabulary), "size": len(self.tokenizer.vocabulary)}

    def length(self, item: Item) -> int:
        return len(item)

    def collate(self, items: Sequence[Item]) -> Batch:
        longest = max(map(len, items))
        token = torch.zeros(len(items), longest, dtype=torch.long)
        for row, text in enumerate(items):
            token[row, : len(text)] = torch.tensor(self.tokenizer.encode(text))
        return {"token": token, "item": torch.arange(len(items))}

    def forward(self, batch: Batch) -> Features:
        token = batch["token"]
        position = torch.arange(token.shape[1], device=token.device)
        spans = torch.stack([position, position + 1], dim=1).expand(len(token), -1, -1)
        # Token 0 is padding; dropping the other special tokens but [UNK] keeps only features that can occur.
        one_hot = F.one_hot(token, len(self.tokenizer)).float()
        layer = torch.cat([one_hot[..., 1:2], one_hot[..., 5:]], dim=-1)
        return Features(layers=(layer,), mask=token > 0, item=batch["item"], spans=spans)
