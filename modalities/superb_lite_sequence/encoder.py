"""SequenceEncoder: BERT (Devlin et al. 2019, arXiv:1810.04805) over the symbols of sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.encoders.transformer import Transformer, TransformerConfig
from superb_lite.tasks.labels import Item
from superb_lite_sequence.alphabet import EMBEDDED, PAD, Alphabet
from superb_lite_sequence.items import length
from superb_lite_sequence.windows import collate_sequences

ROWS = 256
"""So many rows go through the layers at once where no gradient is kept: a sequence of a million symbols has 5,000."""


class SequenceEncoder(Encoder):
    """Embeddings of symbols, a convolution over their neighbours, and a bidirectional transformer.

    Args:
        alphabet: the symbols that are told apart, each once; all others are one unknown symbol.
        layers, width, heads, hidden: the shape of the transformer.
        kernel: symbols that the convolution sees, an odd number; 1: there is none.
        max_length: positions in a row; longer sequences have several rows (see `superb_lite_sequence.windows`).
    """

    modality: ClassVar[str | None] = "sequence"
    pairs: ClassVar[bool] = True

    def __init__(
        self,
        alphabet: str = EMBEDDED,
        *,
        layers: int = 2,
        width: int = 96,
        heads: int = 4,
        hidden: int = 384,
        kernel: int = 7,
        max_length: int = 256,
    ) -> None:
        super().__init__()
        if kernel < 1 or kernel % 2 == 0:
            raise ValueError(f"kernel {kernel}: it must be an odd number")
        if max_length < 16:
            raise ValueError(f"max_length {max_length}: it must be at least 16")
        self.alphabet = Alphabet(alphabet)
        self.kernel = kernel
        self.max_length = max_length
        self.embedding = nn.Embedding(len(self.alphabet), width, padding_idx=PAD)
        self.segment = nn.Embedding(2, width)
        for table in (self.embedding, self.segment):
            nn.init.normal_(table.weight, std=0.06)
        # A linear map of each window, so that it is trained as all other linear maps are (`muon_with_adamw`).
        self.convolution = nn.Linear(kernel * width, width) if kernel > 1 else None
        self.transformer = Transformer(TransformerConfig(layers=layers, width=width, heads=heads, hidden=hidden))

    def config(self) -> dict[str, Any]:
        return {
            "alphabet": self.alphabet.symbols,
            **self.transformer.config.shape(),
            "kernel": self.kernel,
            "max_length": self.max_length,
        }

    def length(self, item: Item) -> int:
        return length(item)

    def collate(self, items: Sequence[Item]) -> Batch:
        """See `collate_sequences`."""
        return collate_sequences(items, self.alphabet, self.max_length)

    def forward(self, batch: Batch) -> Features:
        size = len(batch["token"]) if torch.is_grad_enabled() else ROWS
        parts = zip(batch["token"].split(size), batch["segment"].split(size), strict=True)
        layers = zip(*(self.encode(token, segment) for token, segment in parts), strict=True)
        return Features(
            layers=tuple(torch.cat(layer) for layer in layers),
            mask=batch["mask"],
            item=batch["item"],
            spans=batch["span"],
            segment=batch["segment"],
        )

    def encode(self, token: Tensor, segment: Tensor, document: Tensor | None = None) -> tuple[Tensor, ...]:
        """(B, T) ids and segments -> one (B, T, D) tensor per layer, the embeddings first.

        document: (B, T), which sequence of its row a position belongs to, where there are several; none sees another.
        """
        real = token != PAD
        embedded = self.embedding(token) + self.segment(segment)
        if self.convolution is not None:
            # Zeros on padding, so that the end of a row is the same whatever stands beside it in the batch.
            beyond = self.kernel // 2
            padded = F.pad(embedded * real[..., None], (0, 0, beyond, beyond))
            around = padded.unfold(1, self.kernel, 1).flatten(2)  # (B, T, D * kernel)
            embedded = embedded + F.gelu(self.convolution(around))
        seen = real if document is None else (document[:, :, None] == document[:, None, :]) & real[:, None, :]
        layers: tuple[Tensor, ...] = self.transformer(embedded, seen)
        return layers
