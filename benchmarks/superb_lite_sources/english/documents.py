"""All documents of the corpus: several sentences about one topic each, written by a seeded grammar out of the lexicon.

Every word of the lexicon occurs in the company that its relations give it: a thing is called by the name of its kind,
beside others of that kind; synonyms share their contexts and opposites do not; words of praise go together and with
what pleased people do; cities with their country; roles with their pronouns; questions with answers of the kind that
they ask for. Sentences follow in order: a topic is introduced before a pronoun takes it up.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from superb_lite_sources.english import opinions, people, places, senses, taxonomy
from superb_lite_sources.english.about_homographs import homograph_documents
from superb_lite_sources.english.about_meanings import (
    a_deed,
    a_lesson,
    a_quality,
    a_sight,
    several_deeds,
    several_qualities,
    several_sights,
)
from superb_lite_sources.english.about_opinions import a_review, a_verdict
from superb_lite_sources.english.about_people import a_beast, a_crowd, a_job, a_life, a_meeting, a_workplace
from superb_lite_sources.english.about_places import a_guide, a_journey, a_search
from superb_lite_sources.english.about_things import a_collection, a_kin, a_thing
from superb_lite_sources.english.senses import Contrast
from superb_lite_sources.english.tables import Sentences
from superb_lite_sources.english.talks import a_dialogue, a_talk

Writer = Callable[..., Sentences]


def documents(seed: int) -> Iterator[Sentences]:
    """All documents, topic by topic; sentences start in lower case unless with a name."""
    rng = random.Random(f"english/{seed}")
    yield from _things(rng)
    yield from _meanings(rng)
    yield from _opinions(rng)
    for country in places.COUNTRIES:
        for city in country.cities:
            yield from _several(rng, ((a_journey, 2), (a_guide, 4)), country, city)
    yield from (a_search(rng) for _ in range(300))
    for job in people.PROFESSIONS:
        yield from _several(rng, ((a_job, 4), (a_workplace, 8)), job)
    for he, she in people.COUPLES:
        for role, partner, male in ((he, she, True), (she, he, False)):
            yield from (a_meeting(rng, role, partner, male=male) for _ in range(3))
            yield from (a_life(rng, role, male=male) for _ in range(7))
    yield from (a_talk(rng) for _ in range(200))
    yield from (a_dialogue(rng) for _ in range(400))
    yield from (a_crowd(rng) for _ in range(240))
    yield from homograph_documents(rng)


def _several(rng: random.Random, writers: Sequence[tuple[Writer, int]], *about: object) -> Iterator[Sentences]:
    for write, times in writers:
        yield from (write(rng, *about) for _ in range(times))


def _things(rng: random.Random) -> Iterator[Sentences]:
    for category in taxonomy.CATEGORIES:
        for noun in category.members:
            yield from _several(rng, ((a_thing, 1), (a_collection, 3)), category, noun)
            if category.kin == "animal":
                yield from (a_beast(rng, noun, many=many) for many in (False, True))
    for kin in taxonomy.KINS:
        yield from (a_kin(rng, kin) for _ in range(60))


def _meanings(rng: random.Random) -> Iterator[Sentences]:
    kinds: tuple[tuple[Sequence[Contrast], Sequence[tuple[Writer, int]]], ...] = (
        (senses.ADJECTIVES, ((a_quality, 4), (several_qualities, 4), (a_lesson, 1))),
        (senses.VERBS, ((a_deed, 4), (several_deeds, 5), (a_lesson, 1))),
        (senses.NOUNS, ((a_sight, 5), (several_sights, 5), (a_lesson, 1))),
    )
    for contrasts, writers in kinds:
        for contrast in contrasts:
            for sense in (contrast.left, contrast.right):
                for word in sense.words:
                    yield from _several(rng, writers, contrast, sense, word)


def _opinions(rng: random.Random) -> Iterator[Sentences]:
    """Each word of praise and of blame as often in each place of a document, and beside changing others."""
    polarities = (
        (opinions.PRAISE, opinions.PLEASED, opinions.LUCKY),
        (opinions.BLAME, opinions.CROSS, opinions.UNLUCKY),
    )
    for number, (words, reactions, outcomes) in enumerate(polarities):
        others = polarities[1 - number][0]
        for write, said, size, times in ((a_review, reactions, 4, 4), (a_verdict, outcomes, 7, 5)):
            for _ in range(times):
                order = rng.sample(words, len(words))
                for start in range(len(order)):
                    chosen = [order[(start + k * 7) % len(order)] for k in range(size)]
                    yield write(rng, chosen, said, others)
