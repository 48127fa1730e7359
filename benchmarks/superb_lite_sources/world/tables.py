"""How the word lists of this package are written down: an English word and its translation, between commas."""

from __future__ import annotations

Pairs = tuple[tuple[str, str], ...]
"""(English, Chinese)."""


def pairs(text: str) -> Pairs:
    """The first word, and the rest, of each entry between commas."""
    split = (entry.split(maxsplit=1) for entry in text.split(","))
    return tuple((english, chinese.strip()) for english, chinese in split)


def opposites(text: str) -> tuple[tuple[str, str], ...]:
    """The English words of entries "good 好 / bad 坏"."""
    return tuple((one, other) for (one, _), (other, _) in (_both(entry) for entry in text.split(",")))


def _both(entry: str) -> tuple[tuple[str, str], tuple[str, str]]:
    one, other = pairs(entry.replace("/", ","))
    return one, other


def blocks(text: str) -> list[tuple[str, str]]:
    """The first line, and the others, of each block; blank lines stand between blocks."""
    split = (block.strip().split("\n", maxsplit=1) for block in text.strip().split("\n\n"))
    return [(head, rest) for head, rest in split]
