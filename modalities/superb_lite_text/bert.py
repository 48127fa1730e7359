"""BERT's encoder (Devlin et al. 2019, arXiv:1810.04805): [CLS] text [SEP], or [CLS] first [SEP] second [SEP]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import torch
from torch import Tensor, nn

from superb_lite.encoders.encoder import Batch, Features
from superb_lite.encoders.masked import MaskedTokens, Span
from superb_lite.encoders.transformer import INIT_STD, Transformer
from superb_lite.errors import SuperbLiteError
from superb_lite_text.lm_head import MaskedLMHead
from superb_lite_text.masked_prediction import predict_masked
from superb_lite_text.positions import PlaceEmbedding, Position, transformer_config
from superb_lite_text.rows import visible
from superb_lite_text.token_encoder import TokenEncoder
from superb_lite_text.tokenizer import MASK, PAD, TextTokenizer


class BertEncoder(TokenEncoder):
    """Token and segment embeddings and a bidirectional transformer.

    Args:
        tokenizer, max_length, init_std: see `TokenEncoder`.
        dropout, checkpointing: see `TransformerConfig`; embeddings are dropped, too. Both matter to training alone.
        layers, width, heads, hidden: the shape of the transformer.
        position: relative, or absolute with norms after the sums, which is the paper's architecture to the letter.
        summary: [CLS] was trained to say something about the whole row, so that it is the summary.
        head: it keeps what predicts masked tokens, as masked language modelling asks it to.
    """

    formats: ClassVar[tuple[str, ...]] = ("transformers",)
    without_features: tuple[str, ...] = (
        *(f"head.transform.{part}.{kind}" for part in (0, 2) for kind in ("weight", "bias")),
        "head.output_bias",
    )

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
        summary: bool = False,
        head: bool = False,
        dropout: float = 0.0,
        init_std: float = INIT_STD,
        checkpointing: bool = False,
    ) -> None:
        super().__init__(tokenizer, width=width, max_length=max_length, init_std=init_std)
        self.summary = summary
        self.segment = nn.Embedding(2, width)
        nn.init.normal_(self.segment.weight, std=init_std)
        self.position = position
        self.place = PlaceEmbedding(position, max_length, width, init_std=init_std)
        post_norm = position == "absolute"
        self.norm = nn.LayerNorm(width) if post_norm else nn.Identity()
        self.dropout = nn.Dropout(dropout)
        self.transformer = Transformer(
            transformer_config(
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
        )
        # Last, so that the other weights are drawn alike with it and without.
        self.head = MaskedLMHead(width, len(self.tokenizer)) if head else None

    @classmethod
    def lite(cls) -> Self:
        """The untrained twin of the lite recipe, which keeps its head."""
        # Late: the corpus reads its data packages only when it is asked for.
        from superb_lite_text.corpus import lite_tokenizer

        return cls(lite_tokenizer(), head=True)

    def config(self) -> dict[str, Any]:
        return {
            "tokenizer": self.tokenizer.specification,
            **self.transformer.config.described(),
            "position": self.position,
            "max_length": self.max_length,
            "summary": self.summary,
            "head": self.head is not None,
        }

    def convert(self, to: str, directory: Path) -> str:
        """See `superb_lite_text.to_transformers`."""
        # Late: transformers is optional and slow to import.
        from superb_lite_text.to_transformers import save_bert

        return save_bert(self, directory)

    def forward(self, batch: Batch) -> Features:
        layers = self.encode(batch["token"], batch["segment"])
        # Masked language modelling alone trains nothing into [CLS]; a text is then its mean.
        return self.features(batch, layers, summary=layers[-1][:, 0] if self.summary else None)

    def encode(
        self, token: Tensor, segment: Tensor, document: Tensor | None = None, *, padded: bool = True
    ) -> tuple[Tensor, ...]:
        """(B, T) token ids and segments -> one (B, T, D) tensor per layer, the embeddings first.

        document: (B, T), which text of its row a token belongs to, where there are several (see `lay_out`).
        padded: False where no row has padding, and none several texts, so that attention needs no mask.
        """
        embedded = self.norm(self.place(self.embedding(token) + self.segment(segment), document=document))
        seen = visible(document, document) if document is not None else token != PAD if padded else None
        layers: tuple[Tensor, ...] = self.transformer(self.dropout(embedded), seen)
        return layers

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """See `MaskedLanguageModel`."""
        return self.tokenizer.vocabulary

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """See `MaskedLanguageModel`."""
        return [tokens.ids for tokens in self.tokenizer.encode(texts)]

    @torch.no_grad()
    def predict_masked(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[MaskedTokens]:
        """See `MaskedLanguageModel`. Raises `SuperbLiteError` for a checkpoint without a head, too."""
        if self.head is None:
            raise SuperbLiteError("this text-bert was saved without what predicts masked tokens: pretrain it again")
        return predict_masked(texts, spans, self.collate(texts), mask=MASK, scores=self._scores)

    def _scores(self, batch: Batch, row: Tensor, position: Tensor) -> Tensor:
        """(M, V) scores of tokens at (M,) rows and positions of a batch."""
        assert self.head is not None
        hidden = self.encode(batch["token"].to(self.device), batch["segment"].to(self.device))[-1]
        scores: Tensor = self.head(hidden[row, position], self.embedding.weight)
        return scores
