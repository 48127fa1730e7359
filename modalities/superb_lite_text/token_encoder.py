"""TokenEncoder: what our text encoders share, from raw texts to rows of embedded tokens and back to features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import torch
from torch import Tensor, nn

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.encoders.transformer import INIT_STD
from superb_lite.tasks.labels import Item
from superb_lite_text.items import length
from superb_lite_text.tokenizer import ORDINARY, PAD, TextTokenizer
from superb_lite_text.windows import collate_texts


class TokenEncoder(Encoder):
    """A tokeniser and an embedding of its tokens. Subclasses write `forward` and return `features`.

    Args:
        tokenizer: one, or what `TextTokenizer` takes.
        width: of an embedding (D).
        max_length: tokens in a row; longer texts have several rows (see `superb_lite_text.windows`).
        init_std: standard deviation of the embeddings at the start, which is that of the linear maps' weights, so that
            the logits of tied ones are moderate. The papers have 0.02 at a width of 768.
    """

    modality: ClassVar[str | None] = "text"
    pairs: ClassVar[bool] = True

    def __init__(
        self,
        tokenizer: TextTokenizer | Mapping[str, Any],
        *,
        width: int = 128,
        max_length: int = 256,
        init_std: float = INIT_STD,
    ) -> None:
        super().__init__()
        self.tokenizer = tokenizer if isinstance(tokenizer, TextTokenizer) else TextTokenizer(tokenizer)
        self.max_length = max_length
        self.embedding = token_embedding(len(self.tokenizer), width, init_std=init_std)

    @classmethod
    def lite(cls) -> Self:
        """The untrained twin of the lite recipe, with the tokeniser of the embedded corpus."""
        # Late: the corpus reads its data packages only when it is asked for.
        from superb_lite_text.corpus import lite_tokenizer

        return cls(lite_tokenizer())

    @property
    def token_embedding(self) -> nn.Embedding:
        """See `Lexical`."""
        return self.embedding

    def words(self) -> tuple[str, ...]:
        """See `Lexical`."""
        known = self.tokenizer.vocabulary[ORDINARY:]
        spelt = {token: number for number, token in enumerate(known, start=ORDINARY) if token.isalpha()}
        tokens = self.tokenizer.encode([f" {word} {word}" for word in spelt])
        return tuple(
            word for (word, number), found in zip(spelt.items(), tokens, strict=True) if found.ids == [number, number]
        )

    def redrawn(self) -> Self:
        """See `Lexical`."""
        made = type(self)(**self.config())
        made.untrained = True
        return made

    def length(self, item: Item) -> int:
        return length(item)

    def collate(self, items: Sequence[Item]) -> Batch:
        """token, segment: (R, T); span: (R, T, 2); item: (R,). See `collate_texts`."""
        return collate_texts(items, self.tokenizer, self.max_length)

    def features(self, batch: Batch, layers: Sequence[Tensor], summary: Tensor | None = None) -> Features:
        """What the layers (R, T, D), and a summary (R, D), say about a collated batch."""
        return Features(
            layers=tuple(layers),
            mask=batch["span"][..., 1] > batch["span"][..., 0],
            item=batch["item"],
            spans=batch["span"],
            segment=batch["segment"] if self.pairs else None,
            summary=summary,
        )


def token_embedding(tokens: int, width: int, *, init_std: float = INIT_STD) -> nn.Embedding:
    """(V, D) token embeddings; that of [PAD] is drawn as well, and never trained."""
    made = nn.Embedding(tokens, width, padding_idx=PAD)
    with torch.no_grad():
        nn.init.normal_(made.weight, std=init_std)
    return made


def at_last_token(x: Tensor, token: Tensor) -> Tensor:
    """(R, T, D) of (R, T) tokens -> (R, D): each row at its last token, which padding follows."""
    last = (token != PAD).sum(dim=1) - 1
    return x[torch.arange(len(x), device=x.device), last]
