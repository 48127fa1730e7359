"""The words of a language of our own: syllables drawn from a seed, and suffixes that never make two words alike."""

from __future__ import annotations

import random
from collections.abc import Sequence

CONSONANTS = "ბგდვზთკლმნპრსტფქღშჩცძხჯ"
VOWELS = "აეიოუ"

PLURAL, PAST, ASKING, NOT_DONE = "ებ", "ავ", "ავო", "ურავ"
OBJECT, OF, IN, AT_TIME, TO = "ი", "ის", "ში", "ზე", "თან"
IS, IS_NOT = "ა", "უმა"
SUFFIXES = (
    "", PAST, ASKING, OBJECT, OF, IN, AT_TIME, TO, IS, IS_NOT, PLURAL, PLURAL + OBJECT, PLURAL + IS,
)  # fmt: skip
"""What may stand after a stem: of verbs tense, of nouns number and case or a copula."""


def stems(concepts: Sequence[str], *, seed: int = 0, taken: Sequence[str] = ()) -> dict[str, str]:
    """A stem of one to three syllables for each concept.

    Every syllable is closed or open, and the last one is closed. No form of a stem is a form of another one, nor one of
    the words `taken`.
    """
    used = set(taken)
    found: dict[str, str] = {}
    for concept in concepts:
        rng = random.Random(f"own/{seed}/{concept}")
        while True:
            stem = "".join(
                rng.choice(CONSONANTS) + rng.choice(VOWELS) for _ in range(rng.choice((1, 2, 2, 2, 3)))
            ) + rng.choice(CONSONANTS)
            forms = {stem + suffix for suffix in SUFFIXES}
            if used.isdisjoint(forms):
                break
        used |= forms
        found[concept] = stem
    return found
