"""pronoun: does the sentence with the pronoun replaced follow? (The shape of WNLI, Levesque et al. 2012.)

Two who differ in gender, or in number, and a pronoun that fits one of them only: "the king thanked the widow because
she knew the way" entails that the widow knew the way. Each pronoun stands before each candidate once. The roles, names
and animals of test pairs are held out.
"""

from __future__ import annotations

import random
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_glue.glue_lite import held_out
from superb_lite_glue.glue_lite.drafts import Draft, DrawFamily, Family, task_data
from superb_lite_glue.glue_lite.held_out import Part
from superb_lite_sources.english.inflection import capitalised, plural

AMONG_PEOPLE = ("thanked", "called", "followed", "left", "visited", "feared", "helped", "envied", "met", "left")
OF_PEOPLE = (
    "knew the way", "told the truth", "had a plan", "wanted to rest", "felt lonely", "could not sleep", "spoke French",
    "liked the song", "lived nearby", "had lost the keys", "needed money", "came too late",
)  # fmt: skip
AMONG_ANIMALS = ("followed", "passed", "avoided", "watched", "feared", "attacked")
OF_ANIMALS = (
    "made a noise", "smelled the food", "came too close", "wanted to sleep", "ran away", "could not see",
    "looked hungry", "moved slowly", "found some water", "stayed in the shade",
)  # fmt: skip


def load(root: Path | None) -> TaskData:
    return task_data("pronoun", _draw)


def _draw(part: Part) -> DrawFamily:
    couples = held_out.couples(part)
    rng = random.Random(f"pronoun/{part}")
    he = [f"the {role}" for role, _ in couples]
    she = [f"the {role}" for _, role in couples]
    mixed = list(zip(rng.sample(he, len(he)), rng.sample(she, len(she)), strict=True))
    men, women = held_out.men(part), held_out.women(part)
    mixed += list(zip(men, women, strict=False))
    animals = held_out.pairs(held_out.members(part, "animal"), part)

    def by_gender(rng: random.Random) -> Family:
        return _table(rng, rng.choice(mixed), ("he", "she"), AMONG_PEOPLE, OF_PEOPLE)

    def by_number(rng: random.Random) -> Family:
        one, many = rng.sample(rng.choice(animals), 2)
        return _table(rng, (f"the {one}", f"the {plural(many)}"), ("it", "they"), AMONG_ANIMALS, OF_ANIMALS)

    return lambda rng: (by_gender if rng.random() < 2 / 3 else by_number)(rng)


def _table(
    rng: random.Random,
    candidates: tuple[str, str],
    pronouns: tuple[str, str],
    deeds: tuple[str, ...],
    reasons: tuple[str, ...],
) -> Family:
    first, second = rng.sample(candidates, 2)
    deed, why, reason = rng.choice(deeds), rng.choice(("because", "when", "after")), rng.choice(reasons)
    return [
        Draft(
            (capitalised(f"{first} {deed} {second} {why} {pronoun} {reason}."), capitalised(f"{candidate} {reason}.")),
            int(i == j),
            "/".join(sorted(candidates)),
        )
        for i, pronoun in enumerate(pronouns)
        for j, candidate in enumerate(candidates)
    ]
