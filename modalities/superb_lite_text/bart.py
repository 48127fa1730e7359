"""BART's encoder-decoder (Lewis et al. 2020, arXiv:1910.13461) as an encoder of texts."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite.encoders.encoder import Batch, Features
from superb_lite.encoders.transformer import INIT_STD, Transformer
from superb_lite_text.positions import PlaceEmbedding, Position, transformer_config
from superb_lite_text.rows import visible
from superb_lite_text.token_encoder import TokenEncoder, at_last_token
from superb_lite_text.tokenizer import PAD, TextTokenizer


class BartEncoder(TokenEncoder):
    """A bidirectional encoder and a causal decoder that attends to it, with one embedding for both and the output.

    As in BART's section 3, a text is given to both: a position's features are those of the encoder, then those of the
    decoder, which has read the text up to that position; the summary is the decoder at the last token.

    Args:
        tokenizer, max_length, init_std: see `TokenEncoder`.
        dropout, checkpointing: see `TransformerConfig`; embeddings are dropped, too. Both matter to training alone.
        layers: of the encoder, and of the decoder. width, heads, hidden: the shape of both.
        position: relative, or absolute with norms after the sums, which is BART's architecture; encoder and decoder
            have places and a norm of the embeddings of their own.
    """

    without_features: tuple[str, ...] = ("output_bias",)

    def __init__(
        self,
        tokenizer: TextTokenizer | Mapping[str, Any],
        *,
        layers: int = 2,
        width: int = 128,
        heads: int = 4,
        hidden: int = 512,
        position: Position = "relative",
        max_length: int = 256,
        dropout: float = 0.0,
        init_std: float = INIT_STD,
        checkpointing: bool = False,
    ) -> None:
        super().__init__(tokenizer, width=width, max_length=max_length, init_std=init_std)
        self.output_bias = nn.Parameter(torch.zeros(len(self.tokenizer)))
        self.position = position
        self.read_place, self.said_place = (
            PlaceEmbedding(position, max_length, width, init_std=init_std) for _ in range(2)
        )
        post_norm = position == "absolute"
        self.read_norm, self.said_norm = (nn.LayerNorm(width) if post_norm else nn.Identity() for _ in range(2))
        self.dropout = nn.Dropout(dropout)
        shape = transformer_config(
            position,
            layers=layers,
            width=width,
            heads=heads,
            hidden=hidden,
            post_norm=post_norm,
            dropout=dropout,
            init_std=init_std,
            checkpointing=checkpointing,
        )
        self.encoder = Transformer(shape)
        self.decoder = Transformer(dataclasses.replace(shape, causal=True, cross=True))

    def config(self) -> dict[str, Any]:
        return {
            "tokenizer": self.tokenizer.specification,
            **self.encoder.config.described(),
            **({} if self.position == "relative" else {"position": self.position}),
            "max_length": self.max_length,
        }

    def forward(self, batch: Batch) -> Features:
        token = batch["token"]
        encoded, decoded = self.encode(token, token)
        layers = (*encoded, *decoded[1:])  # the decoder's first layer is the embedding again
        return self.features(batch, layers, summary=at_last_token(decoded[-1], token))

    def encode(
        self, source: Tensor, given: Tensor, documents: tuple[Tensor, Tensor] | None = None
    ) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """(B, S) ids for the encoder and (B, T) ids for the decoder -> the layers of both, embeddings first.

        documents: (B, S) and (B, T), which text of its row a token belongs to, where there are several (see `lay_out`).
        """
        read, said = (None, None) if documents is None else documents
        of_decoder: Tensor | None = None
        if read is None or said is None:
            # Padding of the decoder stands at the end, where no real position can see it.
            of_encoder = of_memory = source != PAD
        else:
            of_encoder, of_decoder, of_memory = visible(read, read), visible(said, said), visible(said, read)
        embedded = self.read_norm(self.read_place(self.embedding(source), document=read))
        encoded = self.encoder(self.dropout(embedded), of_encoder)
        embedded = self.said_norm(self.said_place(self.embedding(given), document=said))
        decoded = self.decoder(self.dropout(embedded), of_decoder, memory=(encoded[-1], of_memory))
        return encoded, decoded

    def logits(self, hidden: Tensor) -> Tensor:
        """(..., D) of the decoder's last layer -> (..., V) scores of tokens."""
        return F.linear(hidden, self.embedding.weight, self.output_bias)
