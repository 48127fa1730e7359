"""`raw:bag-of-words`: each token as itself, so that a text's mean feature is its bag of words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.tasks.labels import Item
from superb_lite_text.items import length
from superb_lite_text.tokenizer import ORDINARY, TextTokenizer
from superb_lite_text.windows import collate_texts


class BagOfWordsEncoder(Encoder):
    """One-hot tokens: the `size` most frequent ones of the embedded corpus, and one feature for all others.

    A Chinese character is a token, an English word one or a few.
    """

    modality: ClassVar[str | None] = "text"

    feature: Tensor
    """(V,) which feature a token is."""

    def __init__(
        self, tokenizer: Mapping[str, Any] | None = None, kept: Sequence[int] | None = None, *, size: int = 1000
    ) -> None:
        super().__init__()
        if tokenizer is None or kept is None:
            tokenizer, kept = _frequent(size)
        self.tokenizer = TextTokenizer(tokenizer)
        self.kept = list(kept)
        feature = torch.zeros(len(self.tokenizer), dtype=torch.long)
        feature[torch.tensor(self.kept)] = torch.arange(1, len(self.kept) + 1)
        self.register_buffer("feature", feature, persistent=False)

    def config(self) -> dict[str, Any]:
        return {"tokenizer": self.tokenizer.specification, "kept": self.kept, "size": len(self.kept)}

    def length(self, item: Item) -> int:
        return length(item)

    def collate(self, items: Sequence[Item]) -> Batch:
        return collate_texts(items, self.tokenizer, 512)

    def forward(self, batch: Batch) -> Features:
        layer = F.one_hot(self.feature[batch["token"]], len(self.kept) + 1).float()
        mask = batch["span"][..., 1] > batch["span"][..., 0]
        return Features(layers=(layer,), mask=mask, item=batch["item"], spans=batch["span"])


def _frequent(size: int) -> tuple[dict[str, Any], list[int]]:
    """The tokeniser of the embedded corpus and its most frequent ordinary tokens."""
    # Late: the corpus reads its data packages only when it is asked for.
    from superb_lite_text.corpus import TextCorpus

    corpus = TextCorpus()
    ordinary = range(ORDINARY, len(corpus.counts))
    return corpus.tokenizer.specification, sorted(ordinary, key=lambda i: (-corpus.counts[i], i))[:size]
