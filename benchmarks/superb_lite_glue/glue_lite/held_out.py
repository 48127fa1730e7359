"""Which words training and test may use.

The relations of the lexicon (a pair of opposites, a country with its cities, a category with its members, ...) are
dealt out whole, half of them to each part. All words occur in the unlabelled corpus, but whoever is tested on a word
has seen no label of it, nor of the words that it is related to.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from typing import Literal, TypeVar

from superb_lite_sources.english import opinions, people, places, senses, taxonomy
from superb_lite_sources.english.inflection import plural
from superb_lite_sources.english.people import Profession
from superb_lite_sources.english.places import Country
from superb_lite_sources.english.senses import Contrast
from superb_lite_sources.english.taxonomy import Category

T = TypeVar("T")
Part = Literal["train", "test"]


def adjectives(part: Part) -> list[Contrast]:
    return _half(senses.ADJECTIVES, [contrast.left.words[0] for contrast in senses.ADJECTIVES], part)


def verbs(part: Part) -> list[Contrast]:
    return _half(senses.VERBS, [contrast.left.words[0] for contrast in senses.VERBS], part)


def nouns(part: Part) -> list[Contrast]:
    return _half(senses.NOUNS, [contrast.left.words[0] for contrast in senses.NOUNS], part)


def praise(part: Part) -> list[str]:
    return _half(opinions.PRAISE, opinions.PRAISE, part)


def blame(part: Part) -> list[str]:
    return _half(opinions.BLAME, opinions.BLAME, part)


def countries(part: Part) -> list[Country]:
    return _half(places.COUNTRIES, [country.name for country in places.COUNTRIES], part)


def spots(part: Part) -> list[str]:
    return _half(places.SPOTS, places.SPOTS, part)


def times(part: Part) -> list[str]:
    return _half(places.TIMES, places.TIMES, part)


def professions(part: Part) -> list[Profession]:
    return _half(people.PROFESSIONS, [job.name for job in people.PROFESSIONS], part)


def couples(part: Part) -> list[tuple[str, str]]:
    return _half(people.COUPLES, [he for he, _ in people.COUPLES], part)


def men(part: Part) -> list[str]:
    return _half(people.MEN, people.MEN, part)


def women(part: Part) -> list[str]:
    return _half(people.WOMEN, people.WOMEN, part)


def deeds(part: Part) -> list[str]:
    return _half(people.DEEDS, people.DEEDS, part)


def categories(part: Part, *kins: str) -> list[Category]:
    """The categories of some kins (of all where none is named), half of each kin."""
    found = []
    for kin in kins or sorted({category.kin for category in taxonomy.CATEGORIES}):
        of_kin = [category for category in taxonomy.CATEGORIES if category.kin == kin]
        found += _half(of_kin, [category.name for category in of_kin], part)
    return found


def members(part: Part, *kins: str) -> list[str]:
    """The countable members of `categories`."""
    return [noun for category in categories(part, *kins) for noun in countable(category)]


def countable(category: Category) -> list[str]:
    """The members that are one word and have a plural of their own (which sheep have not)."""
    return [
        noun
        for noun in category.members
        if noun not in taxonomy.UNCOUNTABLE and " " not in noun and plural(noun) != noun
    ]


def pairs(relations: Sequence[T], seed: str) -> list[tuple[T, T]]:
    """The relations in random pairs that share none, so that each pair can be a cluster."""
    order = random.Random(seed).sample(relations, len(relations) // 2 * 2)
    return list(zip(order[::2], order[1::2], strict=True))


def hands(relations: Sequence[T], size: int, part: Part, rng: random.Random) -> Iterator[list[T]]:
    """The relations in hands of `size` that share none, dealt again and again.

    Every deal of the test is another one, so that two hands share one relation at most as a rule: each hand can be a
    cluster. Training has one deal, so that what is chosen on held-out clusters is chosen on relations that were not
    trained on.
    """
    order = list(relations)
    rng.shuffle(order)
    while True:
        yield from (order[start : start + size] for start in range(0, len(order) - size + 1, size))
        if part == "test":
            rng.shuffle(order)


def _half(relations: Sequence[T], names: Sequence[str], part: Part) -> list[T]:
    """Every other relation in the order of the hashes of their names, so that none depends on the rest of its line."""
    order = sorted(range(len(names)), key=lambda i: hashlib.sha256(names[i].encode()).digest())
    return [relations[i] for i in order[part == "test" :: 2]]
