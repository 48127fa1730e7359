"""What sentences are made of: pieces of text, some of which are a word of the dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Piece(NamedTuple):
    """A word of a sentence, or a part of one."""

    text: str

    concept: str = ""
    """The concept that it stands for, in whatever form; empty for the words of grammar."""


class Occurrence(NamedTuple):
    """Where a concept stands in a sentence: half-open, in characters."""

    concept: str
    start: int
    end: int


class Sentence(NamedTuple):
    """A sentence and where its concepts stand."""

    text: str
    occurrences: tuple[Occurrence, ...]


def joined(pieces: Sequence[Piece], end: str, *, space: str, capital: bool = False) -> Sentence:
    """The pieces that are not empty, with `space` between them and `end` after the last."""
    text, occurrences = "", []
    for piece in pieces:
        if not piece.text:
            continue
        text += space if text else ""
        if piece.concept:
            occurrences.append(Occurrence(piece.concept, len(text), len(text) + len(piece.text)))
        text += piece.text
    if capital:
        text = text[:1].upper() + text[1:]
    return Sentence(text + end, tuple(occurrences))
