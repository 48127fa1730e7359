"""questions: do two questions ask the same?

The questions of a pair begin alike or with two ways to ask the same ("how do I", "what is the best way to"), and differ
in one word: what is to be done, or what is looked for, is called by
a synonym (same) or by its opposite or another thing (not the same). The words of test pairs are held out.
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


def load(root: Path | None) -> TaskData:
    return task_data("questions", _draw)


def _draw(part: Part) -> DrawFamily:
    verbs, nouns = held_out.verbs(part), held_out.nouns(part)

    def family(rng: random.Random) -> Family:
        of_deeds = rng.random() < 0.5
        contrast = rng.choice(verbs if of_deeds else nouns)
        about = rng.choice(contrast.about)
        same_way = rng.choice(WAYS if of_deeds else [(template,) for template in WHERE])
        first, second = rng.choice(same_way), rng.choice(same_way)
        drafts = []
        for sense, other in ((contrast.left, contrast.right), (contrast.right, contrast.left)):
            word, synonym = rng.sample(sense.words, 2)
            for replaced, same in ((synonym, True), (rng.choice(other.words), False)):
                texts = [_ask(t, w, about, of_deeds) for t, w in ((first, word), (second, replaced))]
                one, two = rng.sample(texts, 2)
                drafts.append(Draft((one, two), int(same), contrast.left.words[0]))
        return drafts

    return family


def _ask(template: str, word: str, about: str, of_deeds: bool) -> str:
    text = template.format(word=word, thing=article(about if of_deeds else f"{about} {word}"))
    return capitalised(text)
