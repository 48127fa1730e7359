"""English, written by a seeded grammar over real words and true relations.

The lexicon says what things are (`taxonomy`), which words mean the same and the opposite (`senses`), what is praise
and what is blame (`opinions`), where cities lie (`places`), who is he and who is she (`people`), which words have two
meanings (`homographs`). `corpus` is plain text that uses all of it; the task set glue-lite asks for the relations
themselves, and `about_homographs` keeps sentences back whose words are met in one meaning or the other.
"""

from __future__ import annotations

import functools
import random
import re

from superb_lite_sources.english.documents import documents
from superb_lite_sources.english.inflection import capitalised

SEED = 0


@functools.cache
def corpus(seed: int = SEED) -> tuple[str, ...]:
    """The pretraining documents, shuffled; about 2.5 million characters, written in less than a second."""
    written = [" ".join(map(capitalised, document)) for document in documents(seed)]
    random.Random(f"order/{seed}").shuffle(written)
    return tuple(written)


def quotes_corpus(text: str) -> bool:
    """Whether a sentence of the text stands in the corpus. Case, punctuation and spaces make no difference."""
    return any(key in _keys() for key in map(_key, sentences(text)))


def sentences(text: str) -> list[str]:
    """The sentences of a text of this grammar: what ends in a full stop, a question mark or an exclamation mark."""
    return re.findall(r"[^.?!]+[.?!]", text)


@functools.cache
def _keys() -> frozenset[str]:
    return frozenset(_key(sentence) for document in corpus() for sentence in sentences(document))


def _key(sentence: str) -> str:
    return re.sub(r"\W+", "", sentence).lower()
