"""A character tokeniser: every Unicode character is a token, rare ones are [UNK]."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
PAD, UNK, CLS, SEP, MASK = range(5)


def count_characters(texts: Iterable[str], *, at_least: int = 5) -> dict[str, int]:
    """Characters and how often they occur, the most frequent first; those below `at_least` are left out."""
    counts = Counter(character for text in texts for character in text)
    kept = [(c, n) for c, n in counts.items() if n >= at_least]
    return dict(sorted(kept, key=lambda pair: (-pair[1], pair[0])))


class CharacterTokenizer:
    """Token 0 to 4 are the special ones, then one for each character of `vocabulary`."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary = tuple(vocabulary)
        self.index = {c: len(SPECIAL) + i for i, c in enumerate(self.vocabulary)}

    def __len__(self) -> int:
        return len(SPECIAL) + len(self.vocabulary)

    def encode(self, text: str) -> list[int]:
        """One token per character, so token i covers the characters [i, i + 1)."""
        return [self.index.get(c, UNK) for c in text]
