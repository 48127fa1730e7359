"""What the generators of glue-lite share: who may use which words, and how drafts become the data of a task.

Each generator draws *families* of drafts: small groups in which every word stands as often under one label as under the
others, so that no bag of words, no length and no position says anything about the label.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Example, Label, TaskData
from superb_lite_glue.glue_lite.held_out import Part
from superb_lite_sources import english

TRAIN, TEST = 2400, 1200
"""At least so many examples; the last family is kept whole."""

TRIES = 10
"""Draws for each example that is wanted, before the grammar counts as too small."""


class Draft(NamedTuple):
    """An example before it has an id."""

    texts: tuple[str, ...]
    """One or two."""

    label: Label

    cluster: str
    """As in `superb_lite.tasks.labels.Example`."""

    group: str = ""
    """As in `superb_lite.tasks.labels.Example`."""


Family = Sequence[Draft]
DrawFamily = Callable[[random.Random], Family]


def task_data(name: str, draw: Callable[[Part], DrawFamily], *, test: int = TEST) -> TaskData:
    """The data of a task out of the families that `draw(part)` draws, the same ones in every process.

    test: at least so many test examples.
    """
    items: dict[str, str] = {}
    seen: set[tuple[str, ...]] = set()
    parts: dict[Part, tuple[Example, ...]] = {}
    sizes: dict[Part, int] = {"test": test, "train": TRAIN}
    for part, size in sizes.items():
        rng = random.Random(f"glue-lite/{name}/{part}")
        drafts = _drafts(draw(part), size, seen, rng)
        rng.shuffle(drafts)
        keys = {text: f"{part}-{hashlib.sha256(text.encode()).hexdigest()[:12]}" for d in drafts for text in d.texts}
        items |= {key: text for text, key in keys.items()}
        parts[part] = tuple(
            Example(f"{part}-{number}", tuple(keys[text] for text in d.texts), d.label, d.cluster, d.group)
            for number, d in enumerate(drafts)
        )
    return TaskData(items, parts["train"], parts["test"])


def _drafts(draw_family: DrawFamily, size: int, seen: set[tuple[str, ...]], rng: random.Random) -> list[Draft]:
    """At least `size` drafts, in whole families.

    A family is left out when one of its sentences stands in the corpus, or one of its examples is in `seen` already.
    """
    drafts: list[Draft] = []
    for _ in range(TRIES * size):
        family = draw_family(rng)
        texts = {draft.texts for draft in family}
        new = len(texts) == len(family) and texts.isdisjoint(seen)
        if new and not any(english.quotes_corpus(text) for draft in family for text in draft.texts):
            seen |= texts
            drafts += family
        if len(drafts) >= size:
            return drafts
    raise SuperbLiteError(f"the grammar has only {len(drafts)} of {size} examples outside its corpus: add words")
