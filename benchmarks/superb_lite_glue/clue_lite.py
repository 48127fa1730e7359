"""The tasks of clue-lite: real Chinese text from `superb_lite_sources.chinese`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol, TypeVar

from superb_lite.tasks.labels import Example, TaskData, Unit
from superb_lite_glue import ENTITY_TAGS, POS_TAGS, WORD_TAGS
from superb_lite_sources import chinese
from superb_lite_sources.chinese import TaggedSentence


class _Named(Protocol):
    @property
    def id(self) -> str: ...


_T = TypeVar("_T", bound=_Named)

MAX_CHARACTERS = 128
"""Longer sentences and reviews are left out of the tasks, so that no encoder's window decides a score."""

_ENTITY_OF_TAG = {"nr": "PER", "ns": "LOC", "nt": "ORG"}


def pos(root: Path | None) -> TaskData:
    """A unit is a character, and its class the part of speech of the word it belongs to.

    Words are not marked in Chinese text, so an encoder has to find them. Punctuation marks are not units, since
    their tags can be read off the character. Morpheme tags (Ng, Vg, ...) count as their part of speech, subclasses (vn,
    ...) as their class.
    """
    return _tagging(_pos_units, test=1000)


def ner(root: Path | None) -> TaskData:
    """A unit is a character, in BIO tags. A surname and the given name that follows it are one person."""
    return _tagging(_entity_units, test=1000)


def seg(root: Path | None) -> TaskData:
    """A unit is a character, and tags say where the words begin; punctuation marks are words too.

    The span F1 of such tags is the word F1 of the SIGHAN bakeoffs (Sproat & Emerson 2003): a word counts where both of
    its ends are right. The sentences are those of `pos`.
    """
    return _tagging(_word_units, test=1000)


def sentiment(root: Path | None) -> TaskData:
    """One review, one polarity.

    Labelled reviews may be in the pretraining corpus, without their polarity: a supervised reference needs thousands of
    labels to be a ceiling, and there are no other reviews. Test reviews are not.
    """
    train = [r for part in ("train", "pretrain") for r in chinese.reviews(part) if fits(r.text)]
    test = [review for review in chinese.reviews("test") if fits(review.text)]
    examples = {
        part: tuple(Example(r.id, (r.id,), int(r.positive)) for r in found)
        for part, found in (("train", train), ("test", test))
    }
    return TaskData({r.id: r.text for r in (*train, *test)}, examples["train"], examples["test"])


def _tagging(units: Callable[[TaggedSentence], tuple[Unit, ...]], *, test: int) -> TaskData:
    train = [s for s in chinese.news("train") if fits(s.text) and _pos_units(s)]
    tested = sample([s for s in chinese.news("test") if fits(s.text) and _pos_units(s)], test)
    examples = {
        part: tuple(Example(s.id, (s.id,), units(s), cluster=s.block) for s in found)
        for part, found in (("train", train), ("test", tested))
    }
    return TaskData({s.id: s.text for s in (*train, *tested)}, examples["train"], examples["test"])


def fits(text: str) -> bool:
    """Whether a sentence is neither too short nor too long for a task."""
    return 4 <= len(text) <= MAX_CHARACTERS


def sample(pool: Iterable[_T], size: int) -> list[_T]:
    """A fixed random sample that does not depend on the order of the pool."""
    return sorted(pool, key=lambda entry: hashlib.sha256(entry.id.encode()).digest())[:size]


def _pos_units(sentence: TaggedSentence) -> tuple[Unit, ...]:
    units: list[Unit] = []
    start = 0
    for word, tag in sentence.words:
        if tag != "w":
            name = tag[:1].lower()
            label = POS_TAGS.index(name if name in POS_TAGS else "other")
            units += [Unit(position, position + 1, label) for position in range(start, start + len(word))]
        start += len(word)
    return tuple(units)


def _word_units(sentence: TaggedSentence) -> tuple[Unit, ...]:
    tags = [
        WORD_TAGS.index("I-W" if position else "B-W") for word, _ in sentence.words for position in range(len(word))
    ]
    return tuple(Unit(start, start + 1, tag) for start, tag in enumerate(tags))


def _entity_units(sentence: TaggedSentence) -> tuple[Unit, ...]:
    units: list[Unit] = []
    surname = False
    for word, tag in sentence.words:
        kind = _ENTITY_OF_TAG.get(tag)
        given_name = kind == "PER" and surname
        for position in range(len(word)):
            name = "O" if kind is None else f"{'I' if position or given_name else 'B'}-{kind}"
            units.append(Unit(len(units), len(units) + 1, ENTITY_TAGS.index(name)))
        surname = kind == "PER" and not given_name and len(word) <= 2
    return tuple(units)
