"""What the generators of glue-lite share: who may use which words, and how drafts become the data of a task.

Each generator draws *families* of drafts: small groups in which every word stands as often under one label as under the
others, so that no bag of words, no length and no position says anything about the label.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from superb_lite.sources import english
from superb_lite.task import Example, Label, TaskData
from superb_lite_glue.glue_lite.held_out import Part

TRAIN, TEST = 2400, 1200
"""At least so many examples; the last family is kept whole."""


class Draft(NamedTuple):
    """An example before it has an id. texts: one or two. The others are as in `superb_lite.task.Example`."""

    texts: tuple[str, ...]
    label: Label
    cluster: str
    group: str = ""


Family = Sequence[Draft]
DrawFamily = Callable[[random.Random], Family]


def task_data(name: str, draw: Callable[[Part], DrawFamily], *, test: int = TEST) -> TaskData:
    """The data of a task out of the families that `draw(part)` draws, the same ones in every process.

    A family is left out when one of its sentences stands in the corpus, or one of its examples was drawn before.
    test: at least so many test examples.
    """
    items: dict[str, str] = {}
    seen: set[tuple[str, ...]] = set()
    parts: dict[Part, tuple[Example, ...]] = {}
    for part, size in (("test", test), ("train", TRAIN)):
        draw_family = draw(part)
        rng = random.Random(f"glue-lite/{name}/{part}")
        drafts: list[Draft] = []
        while len(drafts) < size:
            family = draw_family(rng)
            texts = {draft.texts for draft in family}
            if (
                len(texts) == len(family)
                and texts.isdisjoint(seen)
                and not any(map(english.quotes_corpus, _flat(texts)))
            ):
                seen |= texts
                drafts += family
        rng.shuffle(drafts)
        keys = {
            text: f"{part}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
            for text in _flat({d.texts for d in drafts})
        }
        items |= {key: text for text, key in keys.items()}
        parts[part] = tuple(
            Example(f"{part}-{number}", tuple(keys[text] for text in d.texts), d.label, d.cluster, d.group)
            for number, d in enumerate(drafts)
        )
    return TaskData(items, parts["train"], parts["test"])


def _flat(texts: set[tuple[str, ...]]) -> list[str]:
    return sorted({text for group in texts for text in group})
