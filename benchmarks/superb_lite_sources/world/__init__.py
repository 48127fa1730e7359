"""A small world that is told in four languages, so that what translates what is known exactly.

Propositions (`propositions`) about people and things of a lexicon are written in English (`en`), in fake English
(`fake`, every character shifted), in a language of our own (`own`: verb last, endings, its own letters) and in Chinese
(`zh`). Every language has documents of its own, none of which translates another; the held-out sentences are parallel.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path

from superb_lite.errors import SuperbLiteError
from superb_lite_sources.english import inflection
from superb_lite_sources.world import in_chinese, in_english, in_own
from superb_lite_sources.world.held_out import told
from superb_lite_sources.world.lexicon import CHINESE, CONCEPTS, OWN
from superb_lite_sources.world.pieces import Occurrence, Sentence
from superb_lite_sources.world.propositions import Part, Proposition
from superb_lite_sources.world.stories import stories

__all__ = [
    "CONCEPTS",
    "DOCUMENTS",
    "LANGUAGES",
    "Occurrence",
    "Part",
    "Sentence",
    "dictionary",
    "documents",
    "fingerprint",
    "marked",
    "sentences",
    "word",
    "write",
]

LANGUAGES = ("en", "fake", "own", "zh")

DOCUMENTS = 6000
"""In each language."""

_WRITERS: dict[str, Callable[[Proposition], Sentence]] = {
    "en": in_english.write,
    "fake": in_english.write_fake,
    "own": in_own.write,
    "zh": in_chinese.write,
}


def write(language: str, said: Proposition) -> Sentence:
    """A proposition in a language of `LANGUAGES`."""
    return _WRITERS[_known(language)](said)


def word(language: str, concept: str) -> str:
    """The word for a concept, in the form in which a dictionary has it; endings may follow in sentences."""
    words = {"en": concept, "fake": in_english.shifted(concept), "own": OWN[concept], "zh": CHINESE[concept]}
    return words[_known(language)]


def dictionary(a: str, b: str) -> list[tuple[str, str]]:
    """The words of two languages that translate each other, one to one, in the order of `CONCEPTS`."""
    return [(word(a, concept), word(b, concept)) for concept in CONCEPTS]


@functools.cache
def marked(language: str) -> tuple[Sentence, ...]:
    """The held-out sentences with where each concept stands; the n-th of all languages say the same."""
    return tuple(write(language, said) for said in told())


@functools.cache
def sentences(language: str, part: Part) -> tuple[str, ...]:
    """The sentences of a part: of held_out, the n-th of all languages say the same; of pretrain, they do not.

    Those of pretrain are all that the documents of the language say, each once. There are none of the part `task`, from
    which task sets draw their own.
    """
    if part == "held_out":
        return tuple(sentence.text for sentence in marked(language))
    if part != "pretrain":
        raise SuperbLiteError(f"the world has sentences of pretrain and held_out, not '{part}'")
    return tuple(dict.fromkeys(sentence for story in _told(_known(language), language, part) for sentence in story))


@functools.cache
def documents(language: str, *, parallel: bool = False, part: Part = "pretrain") -> tuple[str, ...]:
    """The documents of a language. parallel: the n-th of all languages say the same, else none translates another.

    `DOCUMENTS` for pretraining; of the part held_out a twentieth of that.
    """
    space = "" if _known(language) == "zh" else " "
    return tuple(map(space.join, _told(language, "all" if parallel else language, part)))


@functools.cache
def _told(language: str, salt: str, part: Part) -> tuple[tuple[str, ...], ...]:
    """The sentences of each document of a seed."""
    count = DOCUMENTS if part == "pretrain" else DOCUMENTS // 20
    return tuple(tuple(write(language, said).text for said in story) for story in stories(salt, count, part))


@functools.cache
def fingerprint() -> str:
    """SHA-256 of the code and the lexicon that decide what the world says: what is made of it can be kept by that."""
    files = [*sorted(Path(__file__).parent.glob("*.py")), Path(inflection.__file__)]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise SuperbLiteError(f"unknown language '{language}': the world is told in {', '.join(LANGUAGES)}")
    return language
