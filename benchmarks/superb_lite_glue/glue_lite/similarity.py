"""similarity: how alike are two pictures, from 0 to 5?

Each sentence names three things of three kinds. The things in the same place of the two lists are of one category (a
sparrow and an owl: 2 points), of one kind only (a sparrow and a bee, both animals: 1), or of two kinds that the other
list does not hold (0). The label is 5/6 of the sum. No content word stands in both sentences, and the categories of
test sentences are held out. Words are dealt out anew for every pair, so pairs are taken as independent.
"""

from __future__ import annotations

import random
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_glue.glue_lite import held_out
from superb_lite_glue.glue_lite.drafts import Draft, DrawFamily, Family, task_data
from superb_lite_glue.glue_lite.held_out import Part
from superb_lite_sources.english import people
from superb_lite_sources.english.inflection import article, capitalised

KINDS = ("animal", "food", "object", "plant", "house")
TEMPLATES = (
    "{name} thought of {a}, {b} and {c}.",
    "the story is about {a}, {b} and {c}.",
    "{name} wrote a poem about {a}, {b} and {c}.",
    "our lesson dealt with {a}, {b} and {c}.",
    "{name} said something about {a}, {b} and {c}.",
)


def load(root: Path | None) -> TaskData:
    return task_data("similarity", _draw)


def _draw(part: Part) -> DrawFamily:
    by_kind = {
        kind: [nouns for c in held_out.categories(part, kind) if (nouns := held_out.countable(c))] for kind in KINDS
    }
    divided = [kind for kind in KINDS if len(by_kind[kind]) > 1]

    def one_pair(rng: random.Random) -> Family:
        levels = [rng.randrange(3) for _ in range(3)]
        kinds = _kinds(rng, levels, divided)
        unused = rng.choices([kind for kind in KINDS if kind not in kinds], k=3)
        chosen = [
            _things(rng, by_kind, level, kind, away) for level, kind, away in zip(levels, kinds, unused, strict=True)
        ]
        texts = []
        for things in zip(*chosen, strict=True):
            name, template = rng.choice(people.MEN + people.WOMEN), rng.choice(TEMPLATES)
            a, b, c = map(article, things)
            texts.append(capitalised(template.format(name=name, a=a, b=b, c=c)))
        return [Draft((texts[0], texts[1]), round(5 * sum(levels) / 6, 4), "")]

    return one_pair


def _kinds(rng: random.Random, levels: list[int], divided: list[str]) -> list[str]:
    """Three kinds; one whose things are to be of two categories has two."""
    while True:
        kinds = rng.sample(KINDS, 3)
        if all(level != 1 or kind in divided for level, kind in zip(levels, kinds, strict=True)):
            return kinds


def _things(
    rng: random.Random, by_kind: dict[str, list[list[str]]], level: int, kind: str, away: str
) -> tuple[str, str]:
    if level == 2:
        one, other = rng.sample(rng.choice(by_kind[kind]), 2)
    elif level == 1:
        one, other = (rng.choice(nouns) for nouns in rng.sample(by_kind[kind], 2))
    else:
        one, other = (rng.choice(rng.choice(by_kind[k])) for k in (kind, away))
    return one, other
