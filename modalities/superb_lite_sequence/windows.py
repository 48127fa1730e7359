"""Sequences and pairs of them as rows that know the symbols they cover.

A sequence that is longer than a row is read in windows that overlap, so that every symbol is read with what stands on
both sides of it, and counted in one window only.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from superb_lite.encoders.encoder import Batch
from superb_lite.tasks.labels import Item
from superb_lite_sequence.alphabet import CLS, PAD, SEP, Alphabet

OVERLAP = 4
"""Windows overlap by one symbol in so many."""


class Window(NamedTuple):
    """The symbols [start, stop) of a sequence, of which those in [first, last) are counted here."""

    start: int
    stop: int
    first: int
    last: int


def windows(length: int, size: int) -> list[Window]:
    """Windows of at most `size` symbols over a sequence; the seams lie in the middle of what two of them share."""
    if length <= size:
        return [Window(0, length, 0, length)]
    starts = [*range(0, length - size, size - size // OVERLAP), length - size]
    seams = [0, *((before + size + start) // 2 for before, start in pairwise(starts)), length]
    return [
        Window(start, start + size, first, last) for start, (first, last) in zip(starts, pairwise(seams), strict=True)
    ]


def collate_sequences(items: Sequence[Item], alphabet: Alphabet, max_length: int) -> Batch:
    """[CLS] symbols [SEP], or [CLS] first [SEP] second [SEP] of a pair, in rows of at most `max_length` positions.

    Of a pair, the sequence that takes more than its half of a row is cut, usually the second. Where both do, windows of
    the one that has fewer are repeated with those of the other, and counted once.

    Returns token, segment (R, T), span (R, T, 2), mask (R, T): what is counted, and item (R,). Segment is 0 for [CLS]
    and the first sequence with its [SEP], 1 for the second with its own.
    """
    parts: list[tuple[int, list[tuple[NDArray[np.int64], Window, bool]]]] = []
    for number, item in enumerate(items):
        sequences = [alphabet.encode(one) for one in (item if isinstance(item, tuple) else (item,))]
        cuts = [windows(len(ids), room) for ids, room in zip(sequences, _rooms(sequences, max_length), strict=True)]
        for turn in range(max(map(len, cuts))):
            row = [(ids, cut[turn % len(cut)], turn < len(cut)) for ids, cut in zip(sequences, cuts, strict=True)]
            parts.append((number, row))
    longest = max(1 + sum(1 + cut.stop - cut.start for _, cut, _ in row) for _, row in parts)
    token = np.full((len(parts), longest), PAD, dtype=np.int64)
    segment, mask = np.zeros_like(token), np.zeros_like(token, dtype=bool)
    span = np.zeros((len(parts), longest, 2), dtype=np.int64)
    for place, (_, row) in enumerate(parts):
        token[place, 0], at = CLS, 1
        for which, (ids, (start, stop, first, last), counted) in enumerate(row):
            end = at + stop - start
            token[place, at:end], token[place, end] = ids[start:stop], SEP
            segment[place, at : end + 1] = which
            span[place, at:end, 0] = np.arange(start, stop)
            span[place, at:end, 1] = np.arange(start + 1, stop + 1)
            mask[place, at + first - start : at + last - start] = counted
            at = end + 1
    made = {"token": token, "segment": segment, "span": span, "mask": mask}
    return {
        **{name: torch.from_numpy(column) for name, column in made.items()},
        "item": torch.tensor([number for number, _ in parts]),
    }


def _rooms(sequences: Sequence[NDArray[np.int64]], max_length: int) -> list[int]:
    """How many symbols of each sequence go into a row."""
    if len(sequences) == 1:
        return [max_length - 2]
    room = max_length - 3
    first, second = map(len, sequences)
    kept = first if first <= room // 2 else max(room // 2, room - second)
    return [kept, room - min(kept, first)]
