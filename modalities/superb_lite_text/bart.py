"""BART's encoder-decoder (Lewis et al. 2020, arXiv:1910.13461) as an encoder of texts."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.encoders.transformer import Transformer, TransformerConfig
from superb_lite.tasks.labels import Item
from superb_lite_text.bert import embedding, shape_of
from superb_lite_text.items import length
from superb_lite_text.rows import visible
from superb_lite_text.tokenizer import PAD, TextTokenizer
from superb_lite_text.windows import collate_texts


class BartEncoder(Encoder):
    """A bidirectional encoder and a causal decoder that attends to it, with one embedding for both and the output.

    As in BART's section 3, a text is given to both: a position's features are those of the encoder, then those of the
    decoder, which has read the text up to that position; the summary is the decoder at the last token.

    Args:
        tokenizer: as `TextTokenizer` takes it.
        layers: of the encoder, and of the decoder. width, heads, hidden: the shape of both.
        max_length: tokens in a row; longer texts have several rows (see `superb_lite_text.windows`).
    """

    modality: ClassVar[str | None] = "text"
    pairs: ClassVar[bool] = True

    def __init__(
        self,
        tokenizer: Mapping[str, Any],
        *,
        layers: int = 2,
        width: int = 128,
        heads: int = 4,
        hidden: int = 512,
        max_length: int = 256,
    ) -> None:
        super().__init__()
        self.tokenizer = TextTokenizer(tokenizer)
        self.max_length = max_length
        self.embedding = embedding(len(self.tokenizer), width)
        self.output_bias = nn.Parameter(torch.zeros(len(self.tokenizer)))
        shape = TransformerConfig(layers=layers, width=width, heads=heads, hidden=hidden)
        self.encoder = Transformer(shape)
        self.decoder = Transformer(dataclasses.replace(shape, causal=True, cross=True))

    @classmethod
    def lite(cls) -> Self:
        """The untrained twin of the lite recipe, with the tokeniser of the embedded corpus."""
        from superb_lite_text.corpus import lite_tokenizer

        return cls(lite_tokenizer())

    def config(self) -> dict[str, Any]:
        return {
            "tokenizer": self.tokenizer.specification,
            **shape_of(self.encoder),
            "max_length": self.max_length,
        }

    def length(self, item: Item) -> int:
        return length(item)

    def collate(self, items: Sequence[Item]) -> Batch:
        return collate_texts(items, self.tokenizer, self.max_length)

    def forward(self, batch: Batch) -> Features:
        token = batch["token"]
        encoded, decoded = self.encode(token, token)
        last = (token != PAD).sum(dim=1) - 1
        return Features(
            layers=(*encoded, *decoded[1:]),  # the decoder's first layer is the embedding again
            mask=batch["span"][..., 1] > batch["span"][..., 0],
            item=batch["item"],
            spans=batch["span"],
            segment=batch["segment"],
            summary=decoded[-1][torch.arange(len(token), device=token.device), last],
        )

    def encode(
        self, source: Tensor, given: Tensor, documents: tuple[Tensor, Tensor] | None = None
    ) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """(B, S) ids for the encoder and (B, T) ids for the decoder -> the layers of both, embeddings first.

        documents: (B, S) and (B, T), which text of its row a token belongs to, where there are several (see `lay_out`).
        """
        of_decoder: Tensor | None = None
        if documents is None:
            # Padding of the decoder stands at the end, where no real position can see it.
            of_encoder = of_memory = source != PAD
        else:
            read, said = documents
            of_encoder, of_decoder, of_memory = visible(read, read), visible(said, said), visible(said, read)
        encoded = self.encoder(self.embedding(source), of_encoder)
        decoded = self.decoder(self.embedding(given), of_decoder, memory=(encoded[-1], of_memory))
        return encoded, decoded

    def logits(self, hidden: Tensor) -> Tensor:
        """(..., D) of the decoder's last layer -> (..., V) scores of tokens."""
        return F.linear(hidden, self.embedding.weight, self.output_bias)
