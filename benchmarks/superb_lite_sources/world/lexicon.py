"""All concepts of the small world, and their words."""

from __future__ import annotations

from superb_lite_sources.world import people, qualities, things
from superb_lite_sources.world.phonology import stems

_WORDS = (
    *things.WORDS,
    *things.VERBS,
    ("give", "给"),
    ("live", "住"),
    ("work", "工作"),
    *people.NAMES,
    *people.JOB_WORDS,
    *people.PLACE_WORDS,
    *qualities.QUALITY_WORDS,
    *(pair for places in qualities.SPOTS.values() for pair in places),
    *qualities.TIME_WORDS,
    *qualities.NUMBERS,
    *qualities.HEADS,
)
CHINESE = dict(_WORDS)
CONCEPTS = tuple(CHINESE)
"""As English names them."""

GRAMMAR = stems(("who", "what", "where", "when", "and", "lie"), seed=1)
"""Words of our own language that no dictionary has."""
OWN = stems(CONCEPTS, taken=tuple(word + ending for word in GRAMMAR.values() for ending in ("", "ა")))
"""Stems of our own language."""
