"""An encoder with a planted alignment: a token's embedding is its meaning plus the vector of its language.

Languages write the word of meaning 3 as "a3", "b3", "c3". A masked word takes the vector of the word beside it, so that
in a sentence of one word, said twice, it is known what stood there.
"""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import nn

from superb_lite.analysis.crosslingual.occurrences import mark
from superb_lite.encoders.encoder import Encoder, Features
from superb_lite.encoders.masked import MaskedTokens
from superb_lite.tasks.languages import Languages, Marked

LANGUAGES = ("a", "b", "c")
WORDS = 24


def word(language: str, meaning: int) -> str:
    return f"{language}{meaning}"


def dictionary(a: str, b: str) -> list[tuple[str, str]]:
    return [(word(a, n), word(b, n)) for n in range(WORDS)]


def sentences(language: str) -> tuple[Marked, ...]:
    """Each word alone in a sentence, twice; every sentence four times, so that both halves have it."""
    words = [word(language, n) for n in range(WORDS)]
    return mark([f"{each} {each}" for each in words for _ in range(4)], words)


SOURCE = Languages(LANGUAGES, dictionary, sentences)


class Identity(nn.Module):
    """A block that changes nothing, as a tensor or, as those of `transformers`, in a tuple."""

    def __init__(self, tuples: bool) -> None:
        super().__init__()
        self.tuples = tuples

    def forward(self, hidden_states):
        return (hidden_states + 0.0,) if self.tuples else hidden_states + 0.0


class Planted(Encoder):
    """layers: blocks. aligned: whether the meanings of different languages have one vector each, or several."""

    modality: ClassVar[str | None] = "text"

    def __init__(
        self, seed: int = 0, layers: int = 2, aligned: bool = True, tuples: bool = False, strength=4.0
    ) -> None:
        super().__init__()
        draw = torch.Generator().manual_seed(seed)
        width = 3 * WORDS
        meanings = torch.eye(width)[:WORDS]
        own = torch.nn.functional.normalize(torch.randn(len(LANGUAGES), width, generator=draw), dim=1) * strength
        rows = []
        for number in range(len(LANGUAGES)):
            rows.append((meanings if aligned else torch.eye(width)[number * WORDS :][:WORDS]) + own[number])
        self.embedding = nn.Embedding(len(LANGUAGES) * WORDS, width)
        self.embedding.weight.data.copy_(torch.cat(rows))
        self.blocks = nn.ModuleList(Identity(tuples) for _ in range(layers))
        self._vocabulary = tuple(word(language, n) for language in LANGUAGES for n in range(WORDS))
        self._config = {"seed": seed, "layers": layers, "aligned": aligned, "tuples": tuples, "strength": strength}

    def config(self) -> dict[str, Any]:
        return dict(self._config)

    def collate(self, items):
        rows = [self.token_ids([item])[0] for item in items]
        token, span = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.long), None
        span = torch.zeros(*token.shape, 2, dtype=torch.long)
        for number, (row, item) in enumerate(zip(rows, items, strict=True)):
            token[number, : len(row)] = torch.tensor(row)
            start = 0
            for place, each in enumerate(item.split(" ")):
                span[number, place] = torch.tensor([start, start + len(each)])
                start += len(each) + 1
        return {"token": token, "span": span, "item": torch.arange(len(rows))}

    def forward(self, batch):
        layers = [self.embedding(batch["token"])]
        for block in self.blocks:
            made = block(layers[-1])
            layers.append(made[0] if isinstance(made, tuple) else made)
        mask = batch["span"][..., 1] > batch["span"][..., 0]
        return Features(layers=tuple(layers), mask=mask, item=batch["item"], spans=batch["span"])

    @property
    def vocabulary(self):
        return self._vocabulary

    def token_ids(self, texts):
        number = {each: n for n, each in enumerate(self._vocabulary)}
        return [[number.get(each, 0) for each in text.split(" ")] for text in texts]

    def predict_masked(self, texts, spans):
        batch = self.collate(texts)
        at = [
            [tuple(s) for s in row].index(tuple(of_text[0]))
            for row, of_text in zip(batch["span"].tolist(), spans, strict=True)
        ]
        row, place = torch.arange(len(texts)), torch.tensor(at)
        token = batch["token"][row, place]
        beside = (1 - place).clamp(max=batch["token"].shape[1] - 1)
        batch["token"][row, place] = batch["token"][row, beside]
        last = self.forward(batch).layers[-1][row, place]
        scores = -torch.cdist(last, self.embedding.weight) * 50
        return [
            MaskedTokens(t[None], torch.tensor(s[:1]), torch.zeros(1, dtype=torch.long), p.log_softmax(0)[None])
            for t, s, p in zip(token, spans, scores, strict=True)
        ]
