"""paraphrase: do two sentences say the same?

The sentence is put in another way, and one word of it is replaced by its synonym (yes) or by its opposite or another
thing (no), so that both kinds of pairs share the same words. The words of test pairs are held out.
"""

from __future__ import annotations

import random
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_glue.glue_lite import held_out
from superb_lite_glue.glue_lite.drafts import Draft, DrawFamily, Family, task_data
from superb_lite_glue.glue_lite.held_out import Part
from superb_lite_sources.english.inflection import article, capitalised, participle, past

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
OF_DEEDS = (
    "{name} {past} the {noun}.",
    "the {noun} was {done} by {name}.",
    "it was {name} who {past} the {noun}.",
    "what {name} {past} was the {noun}.",
)
"""Ways to say the same."""
TEST = 2400


def load(root: Path | None) -> TaskData:
    return task_data("paraphrase", _draw, test=TEST)


def _draw(part: Part) -> DrawFamily:
    kinds = (
        [(contrast, OF_QUALITIES) for contrast in held_out.adjectives(part)],
        [(contrast, OF_THINGS) for contrast in held_out.nouns(part)],
        [(contrast, OF_DEEDS) for contrast in held_out.verbs(part)],
    )
    names = held_out.men(part) + held_out.women(part)

    def family(rng: random.Random) -> Family:
        contrast, templates = rng.choice(rng.choice(kinds))
        first, second = rng.sample(templates, 2)
        noun, name = rng.choice(contrast.about), rng.choice(names)
        cluster = f"{contrast.left.words[0]}/{contrast.right.words[0]}"
        drafts = []
        for sense, other in ((contrast.left, contrast.right), (contrast.right, contrast.left)):
            word, synonym = rng.sample(sense.words, 2)
            for replaced, same in ((synonym, True), (rng.choice(other.words), False)):
                texts = [_told(template, w, noun, name) for template, w in ((first, word), (second, replaced))]
                one, two = rng.sample(texts, 2)
                drafts.append(Draft((one, two), int(same), cluster))
        return drafts

    return family


def _told(template: str, word: str, noun: str, name: str) -> str:
    forms = {"past": past, "done": participle, "thing": article}
    told = {form: inflect(word) for form, inflect in forms.items() if f"{{{form}}}" in template}
    return capitalised(template.format(name=name, noun=noun, word=word, **told))
