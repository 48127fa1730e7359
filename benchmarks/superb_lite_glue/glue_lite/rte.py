"""rte: does the second sentence follow from the first?

It does where the first names a city and the second its country, a profession and its place of work, a thing and its
category. The wrong ones are those of another pair of the same family: each of two cities stands beside each of the two
countries. Countries with their cities, professions and categories of test pairs are held out. Each kind has as large a
share as it has relations; they are dealt out in twos, those of the test again and again, and two are a cluster.
"""

from __future__ import annotations

import random
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_glue.glue_lite import held_out
from superb_lite_glue.glue_lite.drafts import Draft, DrawFamily, Family, task_data
from superb_lite_glue.glue_lite.held_out import Part
from superb_lite_sources.english.inflection import article, capitalised
from superb_lite_sources.english.taxonomy import indefinite

OF_CITIES = (
    ("{name} spent the holidays with an aunt in {x}.", "{name} spent the holidays in {h}."),
    ("{name} was born in {x} and loves music.", "{name} was born in {h}."),
    ("after the war {name} opened a shop in {x}.", "{name} had a shop in {h}."),
    ("in {x} {name} wrote her first book.", "{name} wrote a book in {h}."),
)
OF_PROFESSIONS = (
    ("{name}, who is {x}, met us for lunch.", "{name} works in the {h}."),
    ("for twenty years {name} has been {x}.", "{name} has worked in the {h} for many years."),
    ("{name} got a new job as {x}.", "the new job of {name} is in the {h}."),
)
OF_THINGS = (
    ("{name} wrote a letter about {x} to the newspaper.", "{name} wrote about {h}."),
    ("in the lesson {name} talked about {x} for an hour.", "{name} talked about {h}."),
    ("the new story of {name} begins with {x}.", "the story begins with {h}."),
)


TEST = 2400


def load(root: Path | None) -> TaskData:
    return task_data("rte", _draw, test=TEST)


def _draw(part: Part) -> DrawFamily:
    names = held_out.women(part)
    dealer = random.Random(f"rte/{part}")
    relations = {
        OF_CITIES: [(city, c.name) for c in held_out.countries(part) for city in c.cities],
        OF_PROFESSIONS: [(article(job.name), job.place) for job in held_out.professions(part)],
        OF_THINGS: [(indefinite(noun), indefinite(c.name)) for c in held_out.categories(part) for noun in c.members],
    }
    hands = {templates: held_out.hands(known, 2, part, dealer) for templates, known in relations.items()}
    shares = [len(known) for known in relations.values()]

    def family(rng: random.Random) -> Family:
        (templates,) = rng.choices(list(relations), shares)
        one, other = next(hands[templates])
        while one[1] == other[1]:
            one, other = next(hands[templates])
        name = rng.choice(names)
        premise, hypothesis = rng.choice(templates)
        return [
            Draft(
                (_told(premise, name, x=told), _told(hypothesis, name, h=asked)),
                int(asked == right),
                "/".join(sorted((one[0], other[0]))),
            )
            for told, right in (one, other)
            for asked in (one[1], other[1])
        ]

    return family


def _told(template: str, name: str, **slots: str) -> str:
    return capitalised(template.format(name=name, **slots))
