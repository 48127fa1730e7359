"""questions: do two questions ask the same?

The questions of a pair begin alike or with two ways to ask the same ("how do I", "what is the best way to"), and differ
in one word: what is to be done, what is looked for, or what it is like, is called by a synonym (same) or by its
opposite or another thing (not the same). The words of test pairs are held out.
"""

from __future__ import annotations

import random
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_glue.glue_lite import held_out
from superb_lite_glue.glue_lite.drafts import Draft, DrawFamily, Family, task_data
from superb_lite_glue.glue_lite.held_out import Part
from superb_lite_sources.english.inflection import article, capitalised

WAYS = (
    ("how do I {word} {thing}?", "what is the best way to {word} {thing}?", "does anybody know how to {word} {thing}?"),
    ("who can help me to {word} {thing}?", "where is there help to {word} {thing}?"),
    ("is it hard to {word} {thing}?", "do people think it is hard to {word} {thing}?"),
    ("how long does it take to {word} {thing}?", "how much time do I need to {word} {thing}?"),
)
"""In each row the same is asked."""
WHERE = (
    "where can I find {thing}?",
    "what do people need {thing} for?",
    "how should I describe {thing}?",
    "does {thing} cost much money?",
    "who knows something about {thing}?",
)
LIKE = (
    "why is this {about} so {word}?",
    "what makes {about_a} {word}?",
    "how can I tell that {about_a} is {word}?",
    "have you ever heard of {about_a} that is {word}?",
)
TEST = 2400


def load(root: Path | None) -> TaskData:
    return task_data("questions", _draw, test=TEST)


def _draw(part: Part) -> DrawFamily:
    kinds = (
        [(contrast, tuple(map(_deed, WAYS))) for contrast in held_out.verbs(part)],
        [(contrast, tuple((template,) for template in WHERE)) for contrast in held_out.nouns(part)],
        [(contrast, tuple((template,) for template in LIKE)) for contrast in held_out.adjectives(part)],
    )

    def family(rng: random.Random) -> Family:
        contrast, ways = rng.choice(rng.choice(kinds))
        about = rng.choice(contrast.about)
        same_way = rng.choice(ways)
        first, second = rng.choice(same_way), rng.choice(same_way)
        cluster = f"{contrast.left.words[0]}/{contrast.right.words[0]}"
        drafts = []
        for sense, other in ((contrast.left, contrast.right), (contrast.right, contrast.left)):
            word, synonym = rng.sample(sense.words, 2)
            for replaced, same in ((synonym, True), (rng.choice(other.words), False)):
                texts = [_ask(template, w, about) for template, w in ((first, word), (second, replaced))]
                one, two = rng.sample(texts, 2)
                drafts.append(Draft((one, two), int(same), cluster))
        return drafts

    return family


def _deed(templates: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(template.replace("{thing}", "{about_a}") for template in templates)


def _ask(template: str, word: str, about: str) -> str:
    thing = article(f"{about} {word}")
    return capitalised(template.format(word=word, about=about, about_a=article(about), thing=thing))
