"""How the text encoders know where a token stands: as the lite recipes do, or as the papers do."""

from __future__ import annotations

from typing import Literal, get_args

import torch
from torch import Tensor, nn

from superb_lite.encoders.transformer import INIT_STD, TransformerConfig
from superb_lite.errors import SuperbLiteError
from superb_lite_text.rows import places

Position = Literal["relative", "absolute"]
"""relative: a learned bias per head and distance, which small models learn from in a minute. absolute: an embedding for
each place in a row (Devlin et al. 2019; Radford et al. 2018; Lewis et al. 2020)."""


def transformer_config(
    position: Position,
    *,
    layers: int,
    width: int,
    heads: int,
    hidden: int,
    causal: bool = False,
    post_norm: bool = False,
    dropout: float = 0.0,
    init_std: float = INIT_STD,
    checkpointing: bool = False,
) -> TransformerConfig:
    """The transformer of an encoder. Raises ValueError for an unknown position."""
    if position not in get_args(Position):
        raise ValueError(f"position '{position}': it must be relative or absolute")
    return TransformerConfig(
        layers=layers,
        width=width,
        heads=heads,
        hidden=hidden,
        causal=causal,
        relative=position == "relative",
        post_norm=post_norm,
        dropout=dropout,
        init_std=init_std,
        checkpointing=checkpointing,
    )


class PlaceEmbedding(nn.Module):
    """Adds an embedding of its place to every token, where positions are absolute."""

    def __init__(self, position: Position, length: int, width: int, *, init_std: float = INIT_STD) -> None:
        super().__init__()
        self.embedding = nn.Embedding(length, width) if position == "absolute" else None
        if self.embedding is not None:
            nn.init.normal_(self.embedding.weight, std=init_std)

    def forward(self, x: Tensor, *, start: int = 0, document: Tensor | None = None) -> Tensor:
        """(B, T, D) -> (B, T, D). start: the place of the first token. document: see `lay_out`; each counts from 0.

        Raises `SuperbLiteError` for more tokens than there are places.
        """
        if self.embedding is None:
            return x
        if start + x.shape[1] > self.embedding.num_embeddings:
            raise SuperbLiteError(
                f"a text of {start + x.shape[1]} tokens is too long for a model with {self.embedding.num_embeddings} "
                "absolute positions"
            )
        place = torch.arange(start, start + x.shape[1], device=x.device) if document is None else places(document)
        moved: Tensor = x + self.embedding(place)
        return moved
