"""sentiment: does the text praise or blame?

Four words of praise, or four of blame, said of aspects of a visit in two sentences; in one text of five all are denied,
which turns praise into blame. The opinion words of test texts are held out; whatever else is said is neutral and the
same for both. Words are dealt out in hands of four, those of the test again and again; the texts
of a hand are a cluster.
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

TEST = 2000
PLAIN = (
    "I found the {a} {0} and the {b} {1}.",
    "the {a} seemed {0} to me, the {b} {1}.",
    "this time the {a} was {0}; the {b} was {1} as well.",
    "my friends called the {a} {0} and the {b} {1}.",
    "about the {venue}: the {a} was {0}, and so {1} was the {b}.",
)
DENIED = (
    "I did not find the {a} {0} or the {b} {1}.",
    "the {a} was not {0}, and the {b} was not {1} at all.",
    "nobody could call the {a} {0} or the {b} {1}.",
    "this time the {a} was never {0}, nor was the {b} {1}.",
)
"""One word in each place."""


def load(root: Path | None) -> TaskData:
    return task_data("sentiment", _draw, test=TEST)


def _draw(part: Part) -> DrawFamily:
    dealer = random.Random(f"sentiment/{part}")
    good = held_out.hands(held_out.praise(part), 4, part, dealer)
    bad = held_out.hands(held_out.blame(part), 4, part, dealer)

    def family(rng: random.Random) -> Family:
        drafts = []
        for positive, hand in ((True, next(good)), (False, next(bad))):
            for templates in (PLAIN, PLAIN, PLAIN, PLAIN, DENIED):
                venue = rng.choice(opinions.VENUES)
                aspects, words = rng.sample(venue.aspects, 4), rng.sample(hand, 4)
                text = " ".join(
                    capitalised(
                        template.format(*words[at : at + 2], venue=venue.name, a=aspects[at], b=aspects[at + 1])
                    )
                    for at, template in zip((0, 2), rng.sample(templates, 2), strict=True)
                )
                drafts.append(Draft((text,), int(positive == (templates is PLAIN)), "/".join(sorted(hand))))
        return drafts

    return family
