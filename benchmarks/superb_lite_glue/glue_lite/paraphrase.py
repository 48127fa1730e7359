"""paraphrase: do two sentences say the same?

In three families of four one word is replaced by its synonym (yes) or by its opposite or another thing (no), so that
both kinds of pairs share the same words. The fourth keeps all words and puts the sentence into the passive with the
roles kept (yes) or swapped (no), as in PAWS (Zhang et al. 2019). The words of test pairs are held out.
"""

from __future__ import annotations

import random
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_glue.glue_lite import held_out
from superb_lite_glue.glue_lite.drafts import Draft, DrawFamily, Family, task_data
from superb_lite_glue.glue_lite.held_out import Part
from superb_lite_sources.english.inflection import article, capitalised, participle, past
from superb_lite_sources.english.senses import Contrast

OF_QUALITIES = (
    "{name} said that the {noun} was {word}.",
    "the {noun} was {word}, {name} said.",
    "according to {name} the {noun} was {word}.",
    "in the opinion of {name} the {noun} was {word}.",
)
OF_THINGS = (
    "{name} was looking for {thing}.",
    "what {name} was looking for was {thing}.",
    "it was {thing} that {name} was looking for.",
    "the search of {name} was for {thing}.",
)
"""Ways to say the same."""
DONE = ("follow", "invite", "thank", "call", "visit", "help", "admire", "warn")


def load(root: Path | None) -> TaskData:
    return task_data("paraphrase", _draw)


def _draw(part: Part) -> DrawFamily:
    adjectives, nouns, couples = held_out.adjectives(part), held_out.nouns(part), held_out.couples(part)
    names = held_out.men(part) + held_out.women(part)
    roles = held_out.pairs([role for couple in couples for role in couple], f"paraphrase/{part}")

    def by_quality(rng: random.Random) -> Family:
        contrast = rng.choice(adjectives)
        name, noun = rng.choice(names), rng.choice(contrast.about)
        return _replaced(rng, contrast, [t.replace("{name}", name).replace("{noun}", noun) for t in OF_QUALITIES])

    def by_thing(rng: random.Random) -> Family:
        contrast = rng.choice(nouns)
        name = rng.choice(names)
        return _replaced(rng, contrast, [t.replace("{name}", name).replace("{thing}", "{a_word}") for t in OF_THINGS])

    def by_role(rng: random.Random) -> Family:
        one, other = rng.sample(rng.choice(roles), 2)
        verb = rng.choice(DONE)
        active = [f"the {a} {past(verb)} the {b}." for a, b in ((one, other), (other, one))]
        passive = [f"the {b} was {participle(verb)} by the {a}." for a, b in ((one, other), (other, one))]
        return [
            _pair(rng, first, second, same=i == j, cluster=f"{min(one, other)}/{max(one, other)}")
            for i, first in enumerate(active)
            for j, second in enumerate(passive)
        ]

    draw = (by_quality, by_quality, by_thing, by_role)
    return lambda rng: rng.choice(draw)(rng)


def _replaced(rng: random.Random, contrast: Contrast, templates: list[str]) -> Family:
    """Both meanings of a contrast, each beside a synonym and beside the other one."""
    first, second = rng.choice(templates), rng.choice(templates)
    drafts = []
    for sense, other in ((contrast.left, contrast.right), (contrast.right, contrast.left)):
        word, synonym = rng.sample(sense.words, 2)
        opposite = rng.choice(other.words)
        drafts += [
            _pair(rng, _with(first, word), _with(second, replaced), same=same, cluster=contrast.left.words[0])
            for replaced, same in ((synonym, True), (opposite, False))
        ]
    return drafts


def _with(template: str, word: str) -> str:
    return template.format(word=word, a_word=article(word) if "{a_word}" in template else "")


def _pair(rng: random.Random, first: str, second: str, *, same: bool, cluster: str) -> Draft:
    one, two = rng.sample([capitalised(first), capitalised(second)], 2)
    return Draft((one, two), int(same), cluster)
