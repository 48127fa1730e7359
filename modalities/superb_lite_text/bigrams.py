"""`raw:bigrams`: each word or Chinese character with its neighbours, so that a text's mean feature counts bigrams.

Bigrams are hashed (Weinberger et al. 2009, "Feature hashing for large scale multitask learning"): nothing is fitted.
Word counts with bigrams are what sentence encoders have to beat in sentiment (Wang & Manning 2012, "Baselines and
bigrams").
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from typing import Any, ClassVar

import torch

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.tasks.labels import Item

_TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+|[^\w\s]")
"""A Chinese character, a word, or a punctuation mark."""


class BigramsEncoder(Encoder):
    """A position for each token, with ones for the token, for it after the one before, and for it before the next one.

    A token is a Chinese character, another word in lower case, or a mark; the ends of a text are tokens to their
    neighbours. A unit of a text so knows what stands on both sides of it.
    """

    modality: ClassVar[str | None] = "text"

    def __init__(self, *, size: int = 2048) -> None:
        super().__init__()
        self.size = size

    def config(self) -> dict[str, Any]:
        return {"size": self.size}

    def length(self, item: Item) -> int:
        return len(item)

    def collate(self, items: Sequence[Item]) -> Batch:
        found = [list(_TOKEN.finditer(text)) for text in items]
        longest = max(1, *map(len, found))
        feature = torch.zeros(len(items), longest, 3, dtype=torch.long)
        span = torch.zeros(len(items), longest, 2, dtype=torch.long)
        mask = torch.zeros(len(items), longest, dtype=torch.bool)
        for row, tokens in enumerate(found):
            words = ["", *(token.group().lower() for token in tokens), ""]
            for place, (before, word, after) in enumerate(zip(words, words[1:], words[2:], strict=False)):
                hashed = [self._hash(gram) for gram in (word, f"{before} {word}", f"{word} {after}")]
                feature[row, place] = torch.tensor(hashed)
                span[row, place] = torch.tensor(tokens[place].span())
            mask[row, : max(1, len(tokens))] = True
        return {"feature": feature, "span": span, "mask": mask, "item": torch.arange(len(items))}

    def forward(self, batch: Batch) -> Features:
        feature = batch["feature"]
        counts = torch.zeros(*feature.shape[:2], self.size, device=feature.device)
        layer = counts.scatter_add(2, feature, torch.ones_like(feature, dtype=counts.dtype))
        return Features(layers=(layer,), mask=batch["mask"], item=batch["item"], spans=batch["span"])

    def _hash(self, gram: str) -> int:
        return zlib.crc32(gram.encode()) % self.size
