"""Raw texts and pairs of texts -> rows of tokens that know the characters they cover."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from superb_lite.encoders.encoder import Batch
from superb_lite.tasks.labels import Item
from superb_lite_text.tokenizer import CLS, PAD, SEP, TextTokenizer


@dataclass(frozen=True)
class _Row:
    """One row of a batch; positions of special tokens have an empty span."""

    item: int
    ids: list[int]
    spans: list[tuple[int, int]]
    segment: list[int]


def collate_texts(items: Sequence[Item], tokenizer: TextTokenizer, max_length: int) -> Batch:
    """[CLS] text [SEP], or [CLS] first [SEP] second [SEP] of a pair, in rows of at most `max_length` tokens.

    Nothing is cut off: a longer text has consecutive windows, one row each. Of a pair the second text has windows,
    which overlap by half, so that an answer at a seam stands whole in one of them; the first is repeated in each, or,
    where it fills more than half a row, read in windows of its own.

    Returns token, segment (R, T), span (R, T, 2) and item (R,). Segment is 0 for [CLS] and the first text with its
    [SEP], 1 for the second.
    """
    firsts = tokenizer.encode([item[0] if isinstance(item, tuple) else item for item in items])
    seconds = tokenizer.encode([item[1] if isinstance(item, tuple) else "" for item in items])
    rows: list[_Row] = []
    for number, (item, first, second) in enumerate(zip(items, firsts, seconds, strict=True)):
        if not isinstance(item, tuple):
            for part in _windows(len(first), max_length - 2, max_length - 2):
                rows.append(_row(number, [(first.ids[part], first.spans[part])]))
            continue
        room = max_length - 3
        if len(first) > room // 2:
            for part in _windows(len(first), max_length - 2, max_length - 2):
                rows.append(_row(number, [(first.ids[part], first.spans[part])]))
            keep = slice(0, room // 2)
        else:
            keep = slice(0, len(first))
        room -= keep.stop
        for part in _windows(len(second), room, room // 2):
            rows.append(_row(number, [(first.ids[keep], first.spans[keep]), (second.ids[part], second.spans[part])]))
    longest = max(len(row.ids) for row in rows)
    batch = {
        "token": torch.full((len(rows), longest), PAD),
        "segment": torch.zeros(len(rows), longest, dtype=torch.long),
        "span": torch.zeros(len(rows), longest, 2, dtype=torch.long),
        "item": torch.tensor([row.item for row in rows]),
    }
    for place, row in enumerate(rows):
        batch["token"][place, : len(row.ids)] = torch.tensor(row.ids)
        batch["segment"][place, : len(row.ids)] = torch.tensor(row.segment)
        batch["span"][place, : len(row.ids)] = torch.tensor(row.spans)
    return batch


def _windows(length: int, size: int, stride: int) -> Iterator[slice]:
    """Windows of `size` tokens, each `stride` after the one before, that cover `length` tokens; at least one."""
    start = 0
    while True:
        yield slice(start, start + size)
        if start + size >= length:
            return
        start += stride


def _row(item: int, texts: Sequence[tuple[list[int], list[tuple[int, int]]]]) -> _Row:
    row = _Row(item, [CLS], [(0, 0)], [0])
    for segment, (ids, spans) in enumerate(texts):
        row.ids.extend([*ids, SEP])
        row.spans.extend([*spans, (0, 0)])
        row.segment.extend([segment] * (len(ids) + 1))
    return row
