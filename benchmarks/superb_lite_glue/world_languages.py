"""The languages of the small world for `superb-lite analyze crosslingual`: its dictionary, its held-out sentences with
the words marked in whatever form they have there, and the tasks of `xtreme-lite`."""

from __future__ import annotations

import functools

from superb_lite.tasks.languages import Languages, Marked, Place
from superb_lite_sources import world


@functools.cache
def sentences(language: str) -> tuple[Marked, ...]:
    """The held-out sentences of a language; the n-th of all languages say the same."""
    return tuple(
        Marked(text, tuple(Place(world.word(language, concept), start, end) for concept, start, end in places))
        for text, places in world.marked(language)
    )


WORLD = Languages(
    names=world.LANGUAGES,
    dictionary=world.dictionary,
    sentences=sentences,
    tasks={kind: {name: f"xtreme-lite/{kind}-{name}" for name in world.LANGUAGES} for kind in ("qa", "nli")},
    packages=("superb_lite_glue", "superb_lite_sources"),
)
