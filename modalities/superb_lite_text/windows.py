"""Texts and pairs of texts as rows of tokens that know the characters they cover.

A text that is longer than a row is read in several windows, and nothing is cut off. `cut` makes windows, `Template`
puts special tokens around them and `pad_rows` makes a batch, for our tokeniser (here) and for those of `transformers`
(`superb_lite_text.token_windows`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from superb_lite.encoders.encoder import Batch
from superb_lite.tasks.labels import Item
from superb_lite_text.tokenizer import CLS, SEP, Span, TextTokenizer, Tokens

NOWHERE: Span = (0, 0)
"""The span of a special token, which covers nothing."""


@dataclass(frozen=True)
class Row:
    """What a model reads at once, token by token.

    Attributes:
        token: ids.
        type: what the tokeniser's template says of a token, such as BERT's segments.
        span: the characters that a token covers.
        segment: 1 in a second text, else 0.
    """

    token: list[int]
    type: list[int]
    span: list[Span]
    segment: list[int]


@dataclass(frozen=True)
class Template:
    """Special tokens around texts, as in [CLS] first [SEP] second [SEP].

    Attributes:
        around: the special tokens before the first text, between texts and after the last one, (id, type) each.
        types: of the first and of the second text.
    """

    around: tuple[tuple[tuple[int, int], ...], ...]
    types: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many special tokens there are."""
        return sum(map(len, self.around))

    def fill(self, texts: Sequence[Tokens]) -> Row:
        """One text, or two."""
        columns: list[tuple[int, int, Span, int]] = []
        for number, special in enumerate(self.around):
            columns += [(token, kind, NOWHERE, 0) for token, kind in special]
            if number < len(texts):
                of = texts[number]
                columns += [(t, self.types[number], s, number) for t, s in zip(of.ids, of.spans, strict=True)]
        return Row([c[0] for c in columns], [c[1] for c in columns], [c[2] for c in columns], [c[3] for c in columns])


ONE_TEXT = Template((((CLS, 0),), ((SEP, 0),)), (0,))
TWO_TEXTS = Template((((CLS, 0),), ((SEP, 0),), ((SEP, 1),)), (0, 1))


def cut(text: Tokens, size: int, overlap: int) -> list[Tokens]:
    """Windows of at most `size` tokens, at least one; each begins with the last `overlap` tokens of the one before."""
    starts = range(0, max(1, len(text) - overlap), size - overlap)
    return [Tokens(text.ids[s : s + size], text.spans[s : s + size]) for s in starts]


def pad_rows(rows: Sequence[tuple[int, Row]]) -> Batch:
    """(item, row) pairs as a batch: token, type, segment (R, T), span (R, T, 2), zeros on padding, and item (R,)."""
    longest = max(len(row.token) for _, row in rows)
    batch = {name: torch.zeros(len(rows), longest, dtype=torch.long) for name in ("token", "type", "segment")}
    batch["span"] = torch.zeros(len(rows), longest, 2, dtype=torch.long)
    for place, (_, row) in enumerate(rows):
        for name, column in batch.items():
            column[place, : len(row.token)] = torch.tensor(getattr(row, name))
    batch["item"] = torch.tensor([item for item, _ in rows])
    return batch


def whole_rows(span: Tensor) -> Tensor:
    """(R, T, 2) spans of tokens -> (R, 1, 2): from the first character that a token of the row covers to the last."""
    nothing = span[..., 0] >= span[..., 1]
    first = span[..., 0].masked_fill(nothing, 2**40).amin(dim=1)
    return torch.stack([first, span[..., 1].amax(dim=1)], dim=-1)[:, None]


def collate_texts(items: Sequence[Item], tokenizer: TextTokenizer, max_length: int) -> Batch:
    """[CLS] text [SEP], or [CLS] first [SEP] second [SEP] of a pair, in rows of at most `max_length` tokens.

    A longer text has consecutive windows, one row each. Of a pair the second text has windows, which overlap by half,
    so that an answer at a seam stands whole in one of them; the first is repeated in each, or, where it fills more than
    half a row, read in windows of its own.

    Returns token, segment (R, T), span (R, T, 2) and item (R,). Segment is 0 for [CLS] and the first text with its
    [SEP], 1 for the second with its own.
    """
    firsts = tokenizer.encode([item[0] if isinstance(item, tuple) else item for item in items])
    seconds = tokenizer.encode([item[1] if isinstance(item, tuple) else "" for item in items])
    rows: list[tuple[int, Row]] = []
    for number, (item, first, second) in enumerate(zip(items, firsts, seconds, strict=True)):
        room = max_length - TWO_TEXTS.size
        if not isinstance(item, tuple) or len(first) > room // 2:
            rows += [(number, ONE_TEXT.fill([part])) for part in cut(first, max_length - ONE_TEXT.size, 0)]
        if isinstance(item, tuple):
            kept = Tokens(first.ids[: room // 2], first.spans[: room // 2])
            room -= len(kept)
            rows += [(number, TWO_TEXTS.fill([kept, part])) for part in cut(second, room, room - room // 2)]
    batch = pad_rows(rows)
    batch["segment"] = batch.pop("type")
    return batch
