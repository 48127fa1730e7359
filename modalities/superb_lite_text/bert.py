"""BERT's encoder (Devlin et al. 2019, arXiv:1810.04805): [CLS] text [SEP], or [CLS] first [SEP] second [SEP]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import torch
from torch import Tensor, nn

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.encoders.transformer import Transformer
from superb_lite.tasks.labels import Item
from superb_lite_text.items import length
from superb_lite_text.positions import PlaceEmbedding, Position, transformer_config
from superb_lite_text.rows import visible
from superb_lite_text.tokenizer import PAD, TextTokenizer
from superb_lite_text.windows import collate_texts


class BertEncoder(Encoder):
    """Token and segment embeddings and a bidirectional transformer.

    Args:
        tokenizer: as `TextTokenizer` takes it.
        layers, width, heads, hidden: the shape of the transformer.
        position: relative, or absolute with norms after the sums, which is the paper's architecture to the letter.
        max_length: tokens in a row; longer texts have several rows (see `superb_lite_text.windows`).
        summary: [CLS] was trained to say something about the whole row, so that it is the summary.
    """

    modality: ClassVar[str | None] = "text"
    pairs: ClassVar[bool] = True
    formats: ClassVar[tuple[str, ...]] = ("transformers",)

    def __init__(
        self,
        tokenizer: Mapping[str, Any],
        *,
        layers: int = 2,
        width: int = 128,
        heads: int = 4,
        hidden: int = 512,
        position: Position = "relative",
        max_length: int = 256,
        summary: bool = False,
    ) -> None:
        super().__init__()
        self.tokenizer = TextTokenizer(tokenizer)
        self.max_length = max_length
        self.summary = summary
        self.embedding = embedding(len(self.tokenizer), width)
        self.segment = nn.Embedding(2, width)
        nn.init.normal_(self.segment.weight, std=0.06)
        self.position = position
        self.place = PlaceEmbedding(position, max_length, width)
        post_norm = position == "absolute"
        self.norm = nn.LayerNorm(width) if post_norm else nn.Identity()
        self.transformer = Transformer(
            transformer_config(position, layers=layers, width=width, heads=heads, hidden=hidden, post_norm=post_norm)
        )

    @classmethod
    def lite(cls) -> Self:
        """The untrained twin of the lite recipe, with the tokeniser of the embedded corpus."""
        # Late: the corpus reads its data packages only when it is asked for.
        from superb_lite_text.corpus import lite_tokenizer

        return cls(lite_tokenizer())

    def config(self) -> dict[str, Any]:
        return {
            "tokenizer": self.tokenizer.specification,
            **shape_of(self.transformer),
            "position": self.position,
            "max_length": self.max_length,
            "summary": self.summary,
        }

    def convert(self, to: str, directory: Path) -> str:
        """See `superb_lite_text.to_transformers`."""
        # Late: transformers is optional and slow to import.
        from superb_lite_text.to_transformers import save_bert

        return save_bert(self, directory)

    def length(self, item: Item) -> int:
        return length(item)

    def collate(self, items: Sequence[Item]) -> Batch:
        return collate_texts(items, self.tokenizer, self.max_length)

    def forward(self, batch: Batch) -> Features:
        layers = self.encode(batch["token"], batch["segment"])
        return Features(
            layers=layers,
            mask=batch["span"][..., 1] > batch["span"][..., 0],
            item=batch["item"],
            spans=batch["span"],
            segment=batch["segment"],
            # Masked language modelling alone trains nothing into [CLS]; a text is then its mean.
            summary=layers[-1][:, 0] if self.summary else None,
        )

    def encode(self, token: Tensor, segment: Tensor, document: Tensor | None = None) -> tuple[Tensor, ...]:
        """(B, T) token ids and segments -> one (B, T, D) tensor per layer, the embeddings first.

        document: (B, T), which text of its row a token belongs to, where there are several (see `lay_out`).
        """
        embedded = self.norm(self.place(self.embedding(token) + self.segment(segment), document=document))
        seen = token != PAD if document is None else visible(document, document)
        layers: tuple[Tensor, ...] = self.transformer(embedded, seen)
        return layers


def embedding(tokens: int, width: int) -> nn.Embedding:
    """Token embeddings as large as the linear maps' weights, so that the logits of tied ones are moderate."""
    made = nn.Embedding(tokens, width, padding_idx=PAD)
    with torch.no_grad():
        nn.init.normal_(made.weight, std=0.06)
    return made


def shape_of(transformer: Transformer) -> dict[str, int]:
    """The arguments that say how large a transformer is."""
    shape = transformer.config
    return {"layers": shape.layers, "width": shape.width, "heads": shape.heads, "hidden": shape.hidden}
