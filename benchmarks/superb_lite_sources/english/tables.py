"""How the word lists of this package are written down, and how words are put in a row."""

from __future__ import annotations

from collections.abc import Sequence

Sentences = list[str]
"""A document."""


def words(text: str) -> tuple[str, ...]:
    """Words between spaces; an underscore stands for a space within."""
    return tuple(word.replace("_", " ") for word in text.split())


def phrases(text: str, separator: str = ",") -> tuple[str, ...]:
    """Phrases between separators, which may lie on several lines."""
    return tuple(" ".join(phrase.split()) for phrase in text.split(separator))


def rows(text: str) -> list[tuple[str, ...]]:
    """The fields, between vertical bars, of each line."""
    return [phrases(line, "|") for line in text.strip().splitlines()]


def blocks(text: str) -> list[list[str]]:
    """The lines of each block; blank lines stand between blocks."""
    return [[line.strip() for line in block.strip().splitlines()] for block in text.strip().split("\n\n")]


def listed(names: Sequence[str], last: str = "and") -> str:
    """a, b and c."""
    return f" {last} ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]
