"""GPT (Radford et al. 2018; 2019): a causal transformer that predicts the next token, with tied embeddings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite.encoders.encoder import Batch, Features
from superb_lite.encoders.transformer import INIT_STD, KeyValueCache, Transformer
from superb_lite_text.generation import sample
from superb_lite_text.positions import PlaceEmbedding, Position, transformer_config
from superb_lite_text.rows import visible
from superb_lite_text.token_encoder import TokenEncoder, at_last_token
from superb_lite_text.tokenizer import CLS, PAD, TextTokenizer, Tokens


class GptEncoder(TokenEncoder):
    """[CLS] begins a text, [SEP] ends it.

    The summary of a row is the last layer at its last token, as in GPT's section 3.3: no other has seen the whole row.

    Args:
        tokenizer, max_length, init_std: see `TokenEncoder`.
        dropout, checkpointing: see `TransformerConfig`; embeddings are dropped, too. Both matter to training alone.
        layers, width, heads, hidden: the shape of the transformer.
        position: relative, or absolute, which is GPT-2's architecture.
    """

    formats: ClassVar[tuple[str, ...]] = ("transformers",)
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
        self.place = PlaceEmbedding(position, max_length, width, init_std=init_std)
        self.dropout = nn.Dropout(dropout)
        self.transformer = Transformer(
            transformer_config(
                position,
                layers=layers,
                width=width,
                heads=heads,
                hidden=hidden,
                causal=True,
                dropout=dropout,
                init_std=init_std,
                checkpointing=checkpointing,
            )
        )

    def config(self) -> dict[str, Any]:
        return {
            "tokenizer": self.tokenizer.specification,
            **self.transformer.config.described(),
            "position": self.position,
            "max_length": self.max_length,
        }

    def convert(self, to: str, directory: Path) -> str:
        """See `superb_lite_text.to_transformers`."""
        # Late: transformers is optional and slow to import.
        from superb_lite_text.to_transformers import save_gpt

        return save_gpt(self, directory)

    def forward(self, batch: Batch) -> Features:
        token = batch["token"]
        layers = self.encode(token)
        return self.features(batch, layers, summary=at_last_token(layers[-1], token))

    def encode(self, token: Tensor, document: Tensor | None = None) -> tuple[Tensor, ...]:
        """(B, T) token ids -> one (B, T, D) tensor per layer, the embeddings first.

        document: (B, T), which text of its row a token belongs to, where there are several (see `lay_out`).
        """
        # Padding stands at the end, where no real position can see it.
        seen = None if document is None else visible(document, document)
        embedded = self.dropout(self.place(self.embedding(token), document=document))
        layers: tuple[Tensor, ...] = self.transformer(embedded, seen)
        return layers

    def logits(self, hidden: Tensor) -> Tensor:
        """(..., D) of the last layer -> (..., V) scores of the next token."""
        return F.linear(hidden, self.embedding.weight, self.output_bias)

    def extend(self, token: Tensor, cache: KeyValueCache) -> Tensor:
        """(B, T) further tokens -> (B, V) scores of what comes after them. cache: see `Transformer.extend`."""
        embedded = self.place(self.embedding(token), start=cache.length)
        return self.logits(self.transformer.extend(embedded, cache)[:, -1])

    def generate(
        self,
        prompt: str,
        *,
        tokens: int = 60,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float = 1.0,
        seed: int = 0,
    ) -> str:
        """The prompt, as the model reads it, and what it writes after it; see `superb_lite_text.generation.sample`.

        Keys and values of what was read are kept, so that every token is read once.
        """
        cache = KeyValueCache(self.transformer)

        def next_scores(new: list[int]) -> Tensor:
            return self.extend(torch.tensor([new], device=self.device), cache)[0]

        ids = self.tokenizer.encode([prompt])[0].ids
        drawn = sample(
            next_scores, [CLS, *ids], tokens=tokens, temperature=temperature, top_k=top_k, top_p=top_p, seed=seed
        )
        return self.tokenizer.decode([*ids, *drawn])

    @torch.no_grad()
    def log_likelihood(self, contexts: Sequence[str], continuations: Sequence[str]) -> Tensor:
        """(N,) log probability of every token of each continuation, after [CLS] and the context.

        The two are tokenised as one text, so that a token which straddles the seam belongs to the continuation. Of what
        is longer than `max_length` the end is kept, and the whole continuation.
        """
        rows, firsts = [], []
        for text, first, cut in self._cut(contexts, continuations):
            rows.append([CLS, *text.ids[cut:]])
            firsts.append(first - cut + 1)
        if not any(len(row) > first for row, first in zip(rows, firsts, strict=True)):
            return torch.zeros(len(rows), dtype=torch.float64)  # no continuation has a token
        read = _shared(rows, most=min(firsts) - 1)
        hidden = self._read_on(rows, read)  # (B, T, D)
        following = self._padded([row[read + 1 :] for row in rows])
        place = torch.arange(read + 1, read + 1 + following.shape[1], device=self.device)
        asked = (place >= torch.tensor(firsts, device=self.device)[:, None]) & (following != PAD)
        # Most positions are of contexts, and scores over the vocabulary cost more than all layers of a small model.
        scores = self.logits(hidden[asked]).log_softmax(dim=-1).gather(1, following[asked][:, None])[:, 0]
        of_tokens = torch.zeros(asked.shape, dtype=scores.dtype, device=self.device).masked_scatter(asked, scores)
        return of_tokens.cpu().double().sum(dim=1)  # not every device has float64

    def reads_whole(self, contexts: Sequence[str], continuations: Sequence[str]) -> list[bool]:
        """See `Windowed`."""
        return [cut == 0 for _, _, cut in self._cut(contexts, continuations)]

    def _cut(self, contexts: Sequence[str], continuations: Sequence[str]) -> list[tuple[Tokens, int, int]]:
        """Of each context and continuation as one text its tokens, the number of the continuation's first token, and
        how many at the beginning are too many."""
        texts = self.tokenizer.encode([a + b for a, b in zip(contexts, continuations, strict=True)])
        found = []
        for context, text in zip(contexts, texts, strict=True):
            first = next((i for i, (_, end) in enumerate(text.spans) if end > len(context)), len(text))
            found.append((text, first, max(0, min(first, len(text) - (self.max_length - 1)))))
        return found

    def _read_on(self, rows: Sequence[list[int]], read: int) -> Tensor:
        """(B, T, D) of the last layer at each token but the last, from number `read` on; those before are the same in
        all rows, as the solved examples of a prompt are, and are read once."""
        cache = KeyValueCache(self.transformer)
        if read:
            self.transformer.extend(self.place(self.embedding(self._padded([rows[0][:read]]))), cache)
            for block in cache.blocks:
                block.repeat(len(rows))
        token = self._padded([row[read:-1] for row in rows])
        # Padding stands at the end, where no real position can see it.
        return self.transformer.extend(self.place(self.embedding(token), start=read), cache)

    def _padded(self, rows: Sequence[Sequence[int]]) -> Tensor:
        """(B, T) tokens."""
        tensors = [torch.tensor(row, dtype=torch.long) for row in rows]
        return nn.utils.rnn.pad_sequence(tensors, batch_first=True, padding_value=PAD).to(self.device)


def _shared(rows: Sequence[list[int]], *, most: int) -> int:
    """How many tokens, `most` at the most, all rows begin with."""
    first, last = min(rows), max(rows)
    return next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b or i == most), most)
