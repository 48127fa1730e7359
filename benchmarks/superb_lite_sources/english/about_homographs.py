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
    """A frame that says nothing of the meaning, and two predicates that do."""
    frame = rng.choice(
        (
            f"{who.name} spoke of the {word}",
            f"{who.name} thought of the {word}",
            f"{who.name} told {friend.name} about the {word}",
            f"{who.name} remembered the {word}",
            f"{who.name} had heard of the {word}",
            f"there was the {word}",
            f"nobody forgot the {word}",
            f"it was the {word}",
        )
    )
    return f"{frame} that {predicates[0]} and {predicates[1]}."


@functools.cache
def held_out_sentences(each: int = 12) -> tuple[SensedSentence, ...]:
    """Sentences whose two predicates never stand together in the corpus, `each` for every meaning of every homograph.

    The frames are those of the corpus and the same for both meanings, so that only the predicates tell them apart.
    """
    rng = random.Random("english/homographs/held out")
    found = []
    for homograph in HOMOGRAPHS:
        for meaning in homograph.meanings:
            places = range(len(meaning.predicates))
            pairs = [(a, b) for a in places for b in places if a != b and not stand_together(a, b)]
            for pair in rng.sample(pairs, each):
                predicates = [meaning.predicates[place] for place in pair]
                text = capitalised(_introduction(rng, person(rng), person(rng), homograph.word, predicates))
                found.append(SensedSentence(text, homograph.word, meaning.gloss))
    return tuple(found)
