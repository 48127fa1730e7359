"""sentiment: does the text praise or blame?

Two words of praise, or two of blame, said of two aspects of a visit; in one text of five both are denied, which turns
praise into blame. The opinion words of test texts are held out; whatever else is said is neutral and the same for both.
"""

from __future__ import annotations

import random
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_glue.glue_lite import held_out
from superb_lite_glue.glue_lite.drafts import Draft, DrawFamily, Family, task_data
from superb_lite_glue.glue_lite.held_out import Part
from superb_lite_sources.english import opinions
from superb_lite_sources.english.inflection import capitalised

PLAIN = (
    "I found the {a} {one} and the {b} {two}.",
    "The {a} seemed {one} to me, the {b} {two}.",
    "This time the {a} was {one}; the {b} was {two} as well.",
    "My friends called the {a} {one} and the {b} {two}.",
    "About the {venue}: the {a} was {one}, and so {two} was the {b}.",
)
DENIED = (
    "I did not find the {a} {one} or the {b} {two}.",
    "The {a} was not {one}, and the {b} was not {two} at all.",
    "Nobody could call the {a} {one} or the {b} {two}.",
    "This time the {a} was never {one}, nor was the {b} {two}.",
)


def load(root: Path | None) -> TaskData:
    return task_data("sentiment", _draw)


def _draw(part: Part) -> DrawFamily:
    good = held_out.pairs(held_out.praise(part), f"sentiment/{part}")
    bad = held_out.pairs(held_out.blame(part), f"sentiment/{part}")

    def family(rng: random.Random) -> Family:
        drafts = []
        for positive, words in ((True, rng.choice(good)), (False, rng.choice(bad))):
            templates = [*rng.choices(PLAIN, k=4), rng.choice(DENIED)]
            for template in templates:
                venue = rng.choice(opinions.VENUES)
                one, two = rng.sample(words, 2)
                a, b = rng.sample(venue.aspects, 2)
                text = template.format(venue=venue.name, a=a, b=b, one=one, two=two)
                label = positive != (template in DENIED)
                drafts.append(Draft((capitalised(text),), int(label), "/".join(words)))
        return drafts

    return family
