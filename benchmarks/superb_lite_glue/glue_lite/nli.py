"""nli: does the first sentence entail the second, contradict it, or neither?

The second sentence says of the same thing, by a synonym, what the first one says (entailment), or the opposite
(contradiction), or something on another scale (neutral). A family holds two scales, each of whose meanings
stands once in a premise and once in a hypothesis of every label, so no word says anything about a label. The words of
test pairs are held out, and two scales are paired anew for every family, which is a cluster.
Matched test pairs are reports like the training pairs; mismatched ones are spoken in the first person and ask for the
same relations, so that what is learnt of a genre does not help (Williams et al. 2018, MultiNLI).
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

from superb_lite.tasks.labels import TaskData
from superb_lite_glue.glue_lite import held_out
from superb_lite_glue.glue_lite.drafts import Draft, DrawFamily, Family, task_data
from superb_lite_glue.glue_lite.held_out import Part
from superb_lite_sources.english.inflection import capitalised
from superb_lite_sources.english.senses import Contrast

ENTAILMENT, NEUTRAL, CONTRADICTION = range(3)


class Genre(NamedTuple):
    """Templates of {noun} and {word}."""

    group: str

    templates: tuple[str, ...]


REPORT = Genre(
    "matched",
    (
        "on {day} the {noun} was {word}.",
        "the report of {day} called the {noun} {word}.",
        "the {noun} was found {word} on {day}.",
        "according to the paper of {day} the {noun} was {word}.",
    ),
)
SPOKEN = Genre(
    "mismatched",
    (
        "I tell you, our {noun} is {word}!",
        "we all think our {noun} is {word}, you know.",
        "to me your {noun} looks {word}.",
        "oh, how {word} our {noun} is!",
    ),
)
AKIN = (
    {"angry", "happy", "generous", "polite"},
    {"brave", "strong"},
    {"tired", "sick", "busy", "lazy", "strong", "hungry"},
    {"honest", "guilty", "right"},
    {"open", "public", "visible", "crowded"},
    {"famous", "common", "visible", "public"},
    {"cheap", "common"},
    {"old", "fresh", "young", "broken"},
    {"big", "heavy", "tall", "wide", "thick", "short", "deep"},
    {"clean", "tidy"},
    {"loud", "crowded", "calm"},
    {"safe", "easy", "broken"},
    {"fast", "early"},
    {"alive", "fresh", "sick"},
    {"bright", "visible", "colourful"},
    {"smooth", "straight", "sharp", "soft"},
    {"raw", "hot", "fresh"},
)
"""Scales on which a pair of sentences is not neutral, by the first word of each."""
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def load(root: Path | None) -> TaskData:
    return task_data("nli", _draw, test=3600)


def _draw(part: Part) -> DrawFamily:
    """Training families are reports and have no group; a test family asks the same kind of question in each genre."""
    genres = [(REPORT, "")] if part == "train" else [(genre, genre.group) for genre in (REPORT, SPOKEN)]
    contrasts = held_out.adjectives(part)

    def family(rng: random.Random) -> Family:
        one, other = rng.sample(contrasts, 2)
        while not _independent(one, other):
            one, other = rng.sample(contrasts, 2)
        return [draft for genre, group in genres for draft in _asked(rng, one, other, genre, group)]

    return family


def _asked(rng: random.Random, one: Contrast, other: Contrast, genre: Genre, group: str) -> Family:
    """Each of the four meanings as a premise, with a hypothesis for each label: twelve examples."""
    noun, day = rng.choice((*one.about, *other.about)), rng.choice(DAYS)
    told, asked = (t.replace("{noun}", noun).replace("{day}", day) for t in rng.sample(genre.templates, 2))
    cluster = "/".join(sorted((one.left.words[0], other.left.words[0])))
    drafts = []
    for mine, strange in ((one, other), (other, one)):
        sides = ((mine.left, mine.right, strange.left), (mine.right, mine.left, strange.right))
        for sense, opposite, stranger in sides:
            word, synonym = rng.sample(sense.words, 2)
            hypotheses = (synonym, rng.choice(stranger.words), rng.choice(opposite.words))
            drafts += [
                Draft(
                    (capitalised(told.format(word=word)), capitalised(asked.format(word=found))), label, cluster, group
                )
                for label, found in enumerate(hypotheses)
            ]
    return drafts


def _independent(one: Contrast, other: Contrast) -> bool:
    """Whether what holds on one scale says nothing about the other, and both fit the same nouns."""
    names = {one.left.words[0], other.left.words[0]}
    return one.of_people == other.of_people and not any(names <= group for group in AKIN)
