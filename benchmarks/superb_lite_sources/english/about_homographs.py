"""Documents about homographs: one meaning of a word in each, told by its company alone; and sentences held out."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from superb_lite_sources.english.homographs import HOMOGRAPHS, Homograph, Meaning, stand_together
from superb_lite_sources.english.inflection import capitalised
from superb_lite_sources.english.people import Person, person
from superb_lite_sources.english.tables import Sentences

DOCUMENTS = 24
"""About each meaning, so that a word is met about ninety times in each of its two meanings."""


@dataclass(frozen=True)
class SensedSentence:
    """A held-out sentence with one homograph, whose meaning is known."""

    text: str
    word: str
    sense: str
    """The gloss of its meaning."""

    frame: str
    """What is around the word and the predicates, without names; the other meaning has a sentence with the same."""


def homograph_documents(rng: random.Random) -> Iterator[Sentences]:
    """All documents about all homographs."""
    for homograph in HOMOGRAPHS:
        for meaning in homograph.meanings:
            yield from (_a_homograph(rng, homograph, meaning) for _ in range(DOCUMENTS))


def _a_homograph(rng: random.Random, homograph: Homograph, meaning: Meaning) -> Sentences:
    who, friend = person(rng), person(rng)
    places = range(len(meaning.predicates))
    pair = rng.choice([(a, b) for a in places for b in places if stand_together(a, b)])
    others = rng.sample([place for place in places if place not in pair], 3)
    third, fourth, fifth = (meaning.predicates[place] for place in others)
    word = homograph.word
    told = [
        _introduction(rng, who, friend, word, [meaning.predicates[place] for place in pair]),
        rng.choice(
            (f"the {word} {third}.", f"{friend.name} knew that the {word} {third}.", f"once the {word} {third}.")
        ),
        rng.choice(
            (
                f"when the {word} {fourth}, {who.name} did not say a word.",
                f"{friend.name} saw how the {word} {fourth}.",
                f"{who.name} and {friend.name} agreed that the {word} {fourth}.",
            )
        ),
        rng.choice((f"it was the {word} that {fifth}.", f"{who.name} spoke of another {word} that {fifth}.")),
    ]
    return [told[0], *rng.sample(told[1:], rng.choice((2, 3)))]


def _introduction(rng: random.Random, who: Person, friend: Person, word: str, predicates: Sequence[str]) -> str:
    return _framed(rng.choice(_FRAMES), who, friend, word, predicates)


_FRAMES = (
    "{who} spoke of the {word}",
    "{who} thought of the {word}",
    "{who} told {friend} about the {word}",
    "{who} remembered the {word}",
    "{who} had heard of the {word}",
    "there was the {word}",
    "nobody forgot the {word}",
    "it was the {word}",
)
"""They say nothing of the meaning."""


def _framed(frame: str, who: Person, friend: Person, word: str, predicates: Sequence[str]) -> str:
    begun = frame.format(who=who.name, friend=friend.name, word=word)
    return f"{begun} that {predicates[0]} and {predicates[1]}."


_PAIRS = ((0, 5), (1, 4), (2, 3), (6, 9), (7, 8))
"""Of predicates in held-out sentences: none of them may stand together in the corpus, and no predicate is in two."""


@functools.cache
def held_out_sentences() -> tuple[SensedSentence, ...]:
    """Five sentences for each meaning of every homograph, whose two predicates never stand together in the corpus.

    No two sentences of a meaning have a predicate in common, and both meanings of a word have the same five frames, so
    that what makes two sentences of one meaning alike is what the words of the predicates have to do with each other.
    """
    rng = random.Random("english/homographs/held out")
    found = []
    for homograph in HOMOGRAPHS:
        frames = rng.sample(_FRAMES, len(_PAIRS))
        for meaning in homograph.meanings:
            for frame, pair in zip(frames, _PAIRS, strict=True):
                predicates = [meaning.predicates[place] for place in rng.sample(pair, 2)]
                text = capitalised(_framed(frame, person(rng), person(rng), homograph.word, predicates))
                found.append(SensedSentence(text, homograph.word, meaning.gloss, frame))
    return tuple(found)
