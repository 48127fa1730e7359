"""kinds: are three things animals, food, plants or objects?

The three are of one category (birds, tools, ...); half of the categories of each kind are the test's. Things are dealt
out in threes, again and again, and the texts of the same three are a cluster.
"""

from __future__ import annotations

import random
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_glue.glue_lite import held_out
from superb_lite_glue.glue_lite.drafts import Draft, DrawFamily, Family, task_data
from superb_lite_glue.glue_lite.held_out import Part
from superb_lite_sources.english.inflection import capitalised
from superb_lite_sources.english.taxonomy import indefinite

KINDS = ("animal", "food", "plant", "object")
"""In the order of the task's labels."""
TEST = 800


def load(root: Path | None) -> TaskData:
    return task_data("kinds", _draw, test=TEST)


def _draw(part: Part) -> DrawFamily:
    dealer = random.Random(f"kinds/{part}")
    categories = {
        kind: [held_out.hands(category.members, 3, "test", dealer) for category in held_out.categories(part, kind)]
        for kind in KINDS
    }

    def family(rng: random.Random) -> Family:
        drafts = []
        for label, kind in enumerate(KINDS):
            three = next(rng.choice(categories[kind]))
            one, two, last = map(indefinite, three)
            drafts.append(Draft((capitalised(f"{one}, {two} and {last}"),), label, "/".join(sorted(three))))
        return drafts

    return family
