"""Where words stand in sentences, in languages that put spaces between words and in those that do not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from superb_lite.tasks.languages import Marked, Place

_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
"""Letters of scripts that are written without spaces: Thai, Lao, Burmese, Khmer, kana, Chinese characters."""


def mark(sentences: Sequence[str], words: Collection[str]) -> tuple[Marked, ...]:
    """The sentences with the places of words, which stand there letter by letter."""
    wanted, longest = frozenset(words), max(map(len, words), default=0)
    return tuple(Marked(sentence, tuple(places(sentence, wanted, longest))) for sentence in sentences)


def places(sentence: str, words: Collection[str], longest: int) -> Iterator[Place]:
    """The words of a sentence from left to right, none within another: of several that begin at one place the longest.

    A word begins and ends where no letter or digit goes on, unless it is of a script that is written without spaces.

    longest: how many characters the longest of `words` has.
    """
    start = 0
    while start < len(sentence):
        found = next(
            (
                end
                for end in range(min(len(sentence), start + longest), start, -1)
                if sentence[start:end] in words and _parted(sentence, start) and _parted(sentence, end)
            ),
            None,
        )
        if found is not None:
            yield Place(sentence[start:found], start, found)
        start = found or start + 1


def _parted(sentence: str, at: int) -> bool:
    """Whether a word may end before, and another begin at, a place of a sentence."""
    if at in (0, len(sentence)):
        return True
    before, after = sentence[at - 1], sentence[at]
    return not (before.isalnum() and after.isalnum()) or bool(_UNSPACED.match(before) or _UNSPACED.match(after))
