"""Sentences over real English words, written by a seeded grammar.

Content words are split once, by a hash: one in five stands in test sentences only, all others in pretraining and
training sentences only. So whatever is tested on a test sentence is tested on words that no system was fitted on.
"""

from __future__ import annotations

import hashlib
import random
from typing import Literal

Split = Literal["pretraining", "train", "test"]


def _list(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words.split()))


NOUNS = _list("""
apple bridge candle doctor engine farmer garden hammer island jacket kitchen ladder mountain needle orange pencil
queen river sailor table umbrella village window yard zebra actor basket camera desert eagle forest guitar hotel
insect judge kettle lawyer market nurse ocean painter rabbit shadow teacher uncle valley wagon artist bottle castle
dragon elephant feather giant hunter jungle kingdom lemon mirror nation office parrot ribbon soldier thunder visitor
whistle baker butter chicken dentist flower glacier harbor journal knife leopard magazine neighbor oyster passenger
rocket saddle tunnel vehicle winter author blanket cousin diamond envelope fountain goose horse jewel lantern museum
puzzle sister tailor volcano wizard bicycle cabbage dolphin festival gentleman helmet library monkey notebook package
railway student tiger theater coach voice breeze church shore judgment treasure youth bath garage path smoke noise
ship thief beach cloth song word board park field street cloud stone train clock boat house phone shoe bird dog judge
boy girl woman man king child wolf fox bear road lake hill storm
""")
VERBS = _list("""
admires borrows carries delivers examines follows gathers handles ignores joins keeps lifts measures notices offers
paints questions repairs studies touches uses visits washes yields avoids builds catches draws enjoys finds guards
hides imagines judges knows loves makes needs observes pushes reaches sees teaches understands values watches buys
chooses drops enters fixes grabs holds invites kicks leaves moves names opens pulls reads sells throws wants brings
changes cleans describes feeds hears likes mentions protects remembers shares takes trusts welcomes breathes shows
thinks measures joined pleased voiced pushed loaned carved
""")
ADJECTIVES = _list("""
ancient brave clever dusty early famous gentle heavy icy jolly kind lazy modern narrow old polite quiet rough silver
tall ugly violent warm yellow awful blue careful dark empty fresh green huge innocent joyful little muddy noisy orange
precious quick rich shiny thick usual vast wooden young bitter calm deep eastern fair golden happy idle large mighty
nice painful red sharp tiny unusual valuable white broken cheap distant foolish good hollow loose northern plain
purple round smooth southern thirsty useful wet pure cool choosy earthy jade weary azure
""")
ADVERBS = _list("""
again badly carefully daily early finally gladly hardly instantly just kindly loudly maybe nearly often politely
quietly rarely slowly today usually very warmly yearly always boldly calmly easily fairly gently happily proudly sadly
soon tomorrow twice together yesterday
""")
NAMES = _list("""
Alice Brian Carol Daniel Emma Frank Grace Henry Irene Jack Karen Louis Maria Nathan Olive Peter Rachel Simon Thomas
Victor Wendy Andrew Bella Charles Diana Edward Fiona George Helen Jason Laura Martin Nora Oscar Paula Robert Sarah
Tony Ursula Vincent Joyce Ruth Troy Leah Keith Jeff
""")
PLACES = _list("""
London Boston Paris Cairo Dublin Athens Berlin Chicago Denver Geneva Houston Jersey Kenya Lisbon Madrid Norway Oxford
Prague Russia Sweden Tokyo Utah Venice Warsaw Zurich Asia Brazil Canada Detroit Egypt France Georgia Hungary India
Japan Korea Mexico Nepal Peru Spain Turkey
""")
PREPOSITIONS = _list("in near behind under over beside beyond without with through from above")
DETERMINERS = _list("the a this that every another their our my his her your each some")
NUMBERS = _list("two three four five six seven eight nine ten eleven twelve thirteen twenty thirty forty fifty")


def words_of(words: tuple[str, ...], split: Split) -> tuple[str, ...]:
    """The words of a list that may stand in sentences of a split."""
    test = split == "test"
    return tuple(word for word in words if (_digest(word) % 5 == 0) == test)


def _digest(text: str) -> int:
    return hashlib.sha256(text.encode()).digest()[0]


class _Grammar:
    """One draw of each grammar symbol over the words of a split."""

    def __init__(self, split: Split, rng: random.Random) -> None:
        self.rng = rng
        self.nouns = words_of(NOUNS, split)
        self.verbs = words_of(VERBS, split)
        self.adjectives = words_of(ADJECTIVES, split)
        self.adverbs = words_of(ADVERBS, split)
        self.names = words_of(NAMES, split)
        self.places = words_of(PLACES, split)

    def noun_phrase(self) -> str:
        kind = self.rng.random()
        if kind < 0.2:
            return self.rng.choice(self.names)
        noun = self.rng.choice(self.nouns)
        if kind < 0.3:
            return f"{self.rng.choice(NUMBERS)} {self.rng.choice(self.adjectives)} {noun}s"
        determiner = self.rng.choice(DETERMINERS)
        if kind < 0.7:
            return f"{determiner} {self.rng.choice(self.adjectives)} {noun}"
        return f"{determiner} {noun}"

    def place_phrase(self) -> str:
        if self.rng.random() < 0.35:
            return f"{self.rng.choice(('in', 'from', 'near'))} {self.rng.choice(self.places)}"
        return f"{self.rng.choice(PREPOSITIONS)} {self.noun_phrase()}"

    def clause(self) -> str:
        words = [self.noun_phrase(), self.rng.choice(self.verbs), self.noun_phrase()]
        if self.rng.random() < 0.25:
            words.insert(1, self.rng.choice(self.adverbs))
        if self.rng.random() < 0.5:
            words.append(self.place_phrase())
        return " ".join(words)

    def sentence(self) -> str:
        kind = self.rng.random()
        if kind < 0.15:
            return f"{self.clause()} {self.rng.choice(('and', 'but', 'because', 'when', 'while'))} {self.clause()}"
        if kind < 0.25:
            return f"{self.place_phrase()}, {self.clause()}"
        if kind < 0.32:
            return f"who {self.rng.choice(self.verbs)} {self.noun_phrase()} {self.place_phrase()}"
        return self.clause()


def sentences(split: Split, count: int, *, seed: int) -> list[str]:
    """`count` different sentences of a split. No sentence of one split can occur in another, whatever the seeds.

    Test sentences have content words of their own. Pretraining and training sentences share their words; a hash of
    the sentence decides which of the two it belongs to.
    """
    grammar = _Grammar(split, random.Random(f"{split}/{seed}"))
    found: dict[str, None] = {}
    while len(found) < count:
        sentence = grammar.sentence()
        if split == "test" or _shared_split(sentence) == split:
            found[sentence] = None
    return list(found)


def _shared_split(sentence: str) -> Split:
    return "train" if _digest(sentence) % 4 == 0 else "pretraining"
