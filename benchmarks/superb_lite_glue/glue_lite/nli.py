"""nli: does the first sentence entail the second, contradict it, or neither?

Half of the examples replace an adjective, by its synonym, its opposite or one of another scale, and deny it or not: a
synonym is entailed and a denied synonym contradicted, an opposite is contradicted and a denied opposite entailed;
another scale says nothing. The other half replaces a thing in the same way: its category is entailed, a category of
another kind contradicted; what only the category is said of may be the thing or not. All test words are held out.
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
from superb_lite_sources.english.inflection import article, capitalised
from superb_lite_sources.english.senses import Contrast

ENTAILMENT, NEUTRAL, CONTRADICTION = range(3)


class Genre(NamedTuple):
    """Pairs of templates, affirmed and denied."""

    group: str

    qualities: tuple[tuple[str, str], ...]
    """Of {noun} and {word}."""

    things: tuple[tuple[str, str], ...]
    """Of {word}, with its article."""


REPORT = Genre(
    "matched",
    (
        ("on {day} the {noun} was {word}.", "on {day} the {noun} was not {word}."),
        ("the report of {day} called the {noun} {word}.", "the report of {day} did not call the {noun} {word}."),
        ("the {noun} was found {word} on {day}.", "the {noun} was not found {word} on {day}."),
    ),
    (
        ("the picture of {day} showed {word}.", "the picture of {day} did not show {word}."),
        ("the subject of the lesson on {day} was {word}.", "the subject of the lesson on {day} was not {word}."),
        ("what the report of {day} described was {word}.", "what the report of {day} described was not {word}."),
    ),
)
SPOKEN = Genre(
    "mismatched",
    (
        ("I tell you, our {noun} is {word}!", "I tell you, our {noun} is not {word}!"),
        ("we all think our {noun} is {word}, you know.", "we all think our {noun} is not {word}, you know."),
        ("to me your {noun} looks {word}.", "to me your {noun} does not look {word}."),
    ),
    (
        ("what I dreamt of was {word}!", "what I dreamt of was not {word}!"),
        ("my secret is {word}, you know.", "my secret is not {word}, you know."),
        ("oh, your present for me is {word}!", "oh, your present for me is not {word}!"),
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
    return task_data("nli", _draw, test=2000)


def _draw(part: Part) -> DrawFamily:
    """Training families are reports and have no group; a test family asks the same kind of question in each genre."""
    genres = [(REPORT, "")] if part == "train" else [(genre, genre.group) for genre in (REPORT, SPOKEN)]
    drawn = [_genre(part, genre, group=group) for genre, group in genres]

    def family(rng: random.Random) -> Family:
        # A family of adjectives has two premises and twelve examples, one of things six: both get as many examples.
        kind = rng.choice((0, 1, 1))
        return [draft for kinds in drawn for draft in kinds[kind](rng)]

    return family


def _genre(part: Part, genre: Genre, *, group: str) -> tuple[DrawFamily, DrawFamily]:
    """How families of adjectives and families of things are drawn."""
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
            against = rng.choice(opposite.words)
            stranger = rng.choice(rng.choice((other.left, other.right)).words)
            premise = affirm.format(word=word)
            for hypothesis, labels in (
                (synonym, (ENTAILMENT, CONTRADICTION)),
                (against, (CONTRADICTION, ENTAILMENT)),
                (stranger, (NEUTRAL, NEUTRAL)),
            ):
                drafts += _both(premise, affirm, deny, hypothesis, labels, contrast.left.words[0])
        return drafts

    def by_thing(rng: random.Random) -> Family:
        category = rng.choice(categories)
        other = rng.choice([c for c in categories if c.kin != category.kin])
        noun, day = article(rng.choice(held_out.countable(category))), rng.choice(DAYS)
        affirm, deny = (t.replace("{day}", day) for t in rng.choice(genre.things))
        kind, wrong = article(category.name), article(other.name)
        told, told_kind = affirm.format(word=noun), affirm.format(word=kind)
        return [
            *_both(told, affirm, deny, kind, (ENTAILMENT, CONTRADICTION), category.name),
            *_both(told, affirm, deny, wrong, (CONTRADICTION, ENTAILMENT), category.name),
            *_both(told_kind, affirm, deny, noun, (NEUTRAL, NEUTRAL), category.name),
        ]

    def _both(premise: str, affirm: str, deny: str, word: str, labels: tuple[int, int], cluster: str) -> list[Draft]:
        return [
            Draft((capitalised(premise), capitalised(template.format(word=word))), label, cluster, group)
            for template, label in zip((affirm, deny), labels, strict=True)
        ]

    return by_quality, by_thing


def _independent(one: Contrast, other: Contrast) -> bool:
    """Whether what holds on one scale says nothing about the other, and both fit the same nouns."""
    names = {one.left.words[0], other.left.words[0]}
    return one.of_people == other.of_people and not any(names <= group for group in AKIN)
