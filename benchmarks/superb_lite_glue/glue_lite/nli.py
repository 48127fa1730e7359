"""nli: does the first sentence entail the second, contradict it, or neither?

Half of the examples replace an adjective by its synonym, its opposite or one of another scale, and deny it or not: a
synonym entails and a denied synonym contradicts, an opposite contradicts and a denied opposite is entailed; another
scale says nothing. The other half replaces a thing by its category or back, with "a" or "no": what holds of a sparrow
holds of a bird, and what holds of no bird holds of no sparrow, but not the other way round (monotonicity, van Benthem
1986). All test words are held out. Matched test pairs are reports like the training pairs; mismatched ones are spoken
in the first person and ask for the same relations, so that what is learnt of a genre does not help.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

from superb_lite.sources.english.inflection import article, capitalised
from superb_lite.sources.english.senses import Contrast
from superb_lite.task import TaskData
from superb_lite_glue.glue_lite import held_out
from superb_lite_glue.glue_lite.drafts import Draft, DrawFamily, Family, task_data
from superb_lite_glue.glue_lite.held_out import Part

ENTAILMENT, NEUTRAL, CONTRADICTION = range(3)


class Genre(NamedTuple):
    """qualities: affirmed and denied, of {noun} and {word}. things: of {some}, which is "a sparrow" or "no sparrow"."""

    group: str
    qualities: tuple[tuple[str, str], ...]
    things: tuple[str, ...]


REPORT = Genre(
    "matched",
    (
        ("on {day} the {noun} was {word}.", "on {day} the {noun} was not {word}."),
        ("the report of {day} called the {noun} {word}.", "the report of {day} did not call the {noun} {word}."),
        ("the {noun} was found {word} on {day}.", "the {noun} was not found {word} on {day}."),
    ),
    (
        "on {day} there was {some} in the news.",
        "the report of {day} mentioned {some}.",
        "{some} came up in the meeting on {day}.",
    ),
)
SPOKEN = Genre(
    "mismatched",
    (
        ("I tell you, our {noun} is {word}!", "I tell you, our {noun} is not {word}!"),
        ("yes, we think our {noun} is {word}.", "no, we do not think our {noun} is {word}."),
        ("to me your {noun} looks {word}.", "to me your {noun} does not look {word}."),
    ),
    (
        "I dreamt of {some} last night!",
        "we talk about {some} at home, you know.",
        "oh, I want {some} for myself!",
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
"""Scales that are no neutral ground for each other, by the first word of each."""
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def load(root: Path | None) -> TaskData:
    return task_data("nli", _draw, test=2000)


def _draw(part: Part) -> DrawFamily:
    """Training families are reports and have no group; a test family is one of each genre."""
    if part == "train":
        return _genre(part, REPORT, group="")
    matched, mismatched = (_genre(part, genre, group=genre.group) for genre in (REPORT, SPOKEN))
    return lambda rng: [*matched(rng), *mismatched(rng)]


def _genre(part: Part, genre: Genre, *, group: str) -> DrawFamily:
    contrasts = held_out.adjectives(part)
    categories = [c for c in held_out.categories(part) if " " not in c.name and held_out.countable(c)]

    def by_quality(rng: random.Random) -> Family:
        contrast = rng.choice(contrasts)
        other = rng.choice([c for c in contrasts if c is not contrast and _independent(c, contrast)])
        noun, day = rng.choice(contrast.about), rng.choice(DAYS)
        affirm, deny = (t.replace("{noun}", noun).replace("{day}", day) for t in rng.choice(genre.qualities))
        drafts = []
        for sense, opposite in ((contrast.left, contrast.right), (contrast.right, contrast.left)):
            word, synonym = rng.sample(sense.words, 2)
            stranger = rng.choice((other.left, other.right))
            pairs = (
                (affirm, synonym, ENTAILMENT),
                (deny, synonym, CONTRADICTION),
                (affirm, rng.choice(opposite.words), CONTRADICTION),
                (deny, rng.choice(opposite.words), ENTAILMENT),
                (affirm, rng.choice(stranger.words), NEUTRAL),
                (deny, rng.choice(stranger.words), NEUTRAL),
            )
            premise = affirm.format(word=word)
            drafts += [
                _pair(premise, text.format(word=w), label, contrast.left.words[0], group) for text, w, label in pairs
            ]
        return drafts

    def by_thing(rng: random.Random) -> Family:
        category = rng.choice(categories)
        noun = rng.choice(held_out.countable(category))
        day = rng.choice(DAYS)
        template = rng.choice(genre.things).replace("{day}", day)
        a, no = article(noun), f"no {noun}"
        a_kind, no_kind = article(category.name), f"no {category.name}"
        neutral = rng.choice((((a_kind, a), (no, no_kind)), ((a_kind, no), (no, a_kind))))
        pairs = (
            (a, a_kind, ENTAILMENT),
            (no_kind, no, ENTAILMENT),
            (a, no_kind, CONTRADICTION),
            (no_kind, a, CONTRADICTION),
            *((premise, hypothesis, NEUTRAL) for premise, hypothesis in neutral),
        )
        return [
            _pair(template.format(some=p), template.format(some=h), label, category.name, group)
            for p, h, label in pairs
        ]

    return lambda rng: (by_quality if rng.random() < 0.5 else by_thing)(rng)


def _independent(one: Contrast, other: Contrast) -> bool:
    """Whether what holds on one scale says nothing about the other, and both fit the same nouns."""
    names = {one.left.words[0], other.left.words[0]}
    return one.of_people == other.of_people and not any(names <= group for group in AKIN)


def _pair(premise: str, hypothesis: str, label: int, cluster: str, group: str) -> Draft:
    return Draft((capitalised(premise), capitalised(hypothesis)), label, cluster, group)
