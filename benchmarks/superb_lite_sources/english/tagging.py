"""Parts of speech of the grammar's words, as its lexicon knows them, in sentences that the corpus does not hold."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from superb_lite_sources.english import opinions, people, places, senses, taxonomy
from superb_lite_sources.english.documents import documents
from superb_lite_sources.english.homographs import HOMOGRAPHS
from superb_lite_sources.english.inflection import capitalised, ing, participle, past, plural, third
from superb_lite_sources.english.tables import words

SEED = 1
"""Of the documents that sentences are taken from; the corpus has another."""

CLOSED = {
    "determiner": words("the a an this these every each no"),
    "preposition": words("in on at with from of into under over by between beside behind without during through"),
    "conjunction": words("and or but because so when while if although since"),
    "pronoun": words("he she it they him them himself herself everybody nobody somebody who I you we"),
    "auxiliary": words("is was were are has had did does can could would will must"),
}
"""Classes of words that can be listed. Words of two classes ("that", "her", "to", "for") are left out."""

_FORMS: tuple[Callable[[str], str], ...] = (str, third, past, participle, ing)


class Tagged(NamedTuple):
    """One word [start, end) of a sentence; cluster: the document that the sentence stands in."""

    text: str
    start: int
    end: int
    tag: str
    cluster: str


@functools.cache
def lexicon() -> dict[str, str]:
    """Word -> its part of speech, of words that have one only. Names are written with a capital letter."""
    nouns = [member for category in taxonomy.CATEGORIES for member in (category.name, *category.members)]
    nouns += [word for contrast in senses.NOUNS for sense in _both(contrast) for word in sense.words]
    nouns += [role for couple in people.COUPLES for role in couple] + [job.name for job in people.PROFESSIONS]
    verbs = [word for contrast in senses.VERBS for sense in _both(contrast) for word in sense.words]
    verbs += people.DEEDS
    adjectives = [word for contrast in senses.ADJECTIVES for sense in _both(contrast) for word in sense.words]
    adjectives += [*opinions.PRAISE, *opinions.BLAME]
    known: dict[str, set[str]] = {}

    def add(tag: str, found: Iterable[str]) -> None:
        for word in found:
            known.setdefault(word, set()).add(tag)

    for tag, closed in CLOSED.items():
        add(tag, closed)
    add("noun", [form for noun in nouns for form in (noun, plural(noun))])
    add("verb", [form(verb) for verb in verbs for form in _FORMS])
    add("adjective", adjectives)
    add("person name", (*people.MEN, *people.WOMEN))
    add("place name", [name for country in places.COUNTRIES for name in (country.name, *country.cities)])
    add("homograph", [homograph.word for homograph in HOMOGRAPHS])
    return {word: min(tags) for word, tags in known.items() if len(tags) == 1 and word.isalpha()}


def _both(contrast: senses.Contrast) -> tuple[senses.Sense, senses.Sense]:
    return contrast.left, contrast.right


@functools.cache
def tagged_words() -> tuple[Tagged, ...]:
    """The words of sentences that the grammar writes with another seed, but for sentences that the corpus holds."""
    from superb_lite_sources.english import quotes_corpus  # late: the package imports its parts

    found: list[Tagged] = []
    for number, document in enumerate(documents(SEED)):
        for sentence in map(capitalised, document):
            if not quotes_corpus(sentence):
                found += _tagged(sentence, f"grammar-{number}")
    return tuple(found)


def _tagged(sentence: str, cluster: str) -> Iterator[Tagged]:
    for match in re.finditer(r"[\w-]+|[.,:;!?]", sentence):
        word = match.group()
        if match.start() == 0 and word not in lexicon():
            word = word[:1].lower() + word[1:]
        tag = lexicon().get(word) if word[0].isalpha() else "punctuation"
        if tag is not None and tag != "homograph":
            yield Tagged(sentence, match.start(), match.end(), tag, cluster)
