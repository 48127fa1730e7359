"""BERT's encoder (Devlin et al. 2019, arXiv:1810.04805) on characters: [CLS] text [SEP]."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import torch
from torch import Tensor, nn

from superb_lite.encoder import Batch, Encoder, Features, Item
from superb_lite.sources import chinese
from superb_lite.transformer import Transformer, TransformerConfig
from superb_lite_text.tokenizer import CLS, PAD, SEP, CharacterTokenizer, count_characters


class BertEncoder(Encoder):
    """Token embeddings and a bidirectional transformer; positions enter as a learned relative bias.

    Text longer than `max_length` characters is read in consecutive windows, one row each.
    """

    modality: ClassVar[str | None] = "text"

    def __init__(
        self,
        vocabulary: Sequence[str],
        *,
        layers: int = 2,
        width: int = 128,
        heads: int = 4,
        hidden: int = 512,
        max_length: int = 254,
    ) -> None:
        super().__init__()
        self.tokenizer = CharacterTokenizer(vocabulary)
        self.max_length = max_length
        self.embedding = nn.Embedding(len(self.tokenizer), width, padding_idx=PAD)
        nn.init.normal_(self.embedding.weight, std=0.06)
        self.transformer = Transformer(TransformerConfig(layers=layers, width=width, heads=heads, hidden=hidden))

    @classmethod
    def lite(cls) -> Self:
        """The untrained twin of the lite recipe, with the vocabulary of the embedded corpus."""
        return cls(list(count_characters(chinese.corpus())))

    def config(self) -> dict[str, Any]:
        shape = self.transformer.config
        return {
            "vocabulary": list(self.tokenizer.vocabulary),
            "layers": shape.layers,
            "width": shape.width,
            "heads": shape.heads,
            "hidden": shape.hidden,
            "max_length": self.max_length,
        }

    def length(self, item: Item) -> int:
        return len(item)

    def collate(self, items: Sequence[Item]) -> Batch:
        windows = [
            (number, start, self.tokenizer.encode(text[start : start + self.max_length]))
            for number, text in enumerate(items)
            for start in range(0, len(text), self.max_length)
        ]
        longest = max(len(tokens) for _, _, tokens in windows) + 2
        token = torch.full((len(windows), longest), PAD)
        span = torch.zeros(len(windows), longest, 2, dtype=torch.long)
        for row, (_, start, tokens) in enumerate(windows):
            end = len(tokens) + 1
            token[row, : end + 1] = torch.tensor([CLS, *tokens, SEP])
            span[row, 1:end, 0] = torch.arange(start, start + len(tokens))
            span[row, 1:end, 1] = span[row, 1:end, 0] + 1
        return {"token": token, "span": span, "item": torch.tensor([number for number, _, _ in windows])}

    def forward(self, batch: Batch) -> Features:
        layers = self.encode(batch["token"])
        covers = batch["span"][..., 1] > batch["span"][..., 0]
        # No summary: masked language modelling alone trains nothing into [CLS], so a text is its mean.
        return Features(layers=layers, mask=covers, item=batch["item"], spans=batch["span"])

    def encode(self, token: Tensor) -> tuple[Tensor, ...]:
        """(B, T) token ids -> one (B, T, D) tensor per layer, the embeddings first."""
        layers: tuple[Tensor, ...] = self.transformer(self.embedding(token), token != PAD)
        return layers
