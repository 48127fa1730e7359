"""English, written by a seeded grammar over real words and true relations.

The lexicon says what things are (`taxonomy`), which words mean the same and the opposite (`senses`), what is praise
and what is blame (`opinions`), where cities lie (`places`), and who is he and who is she (`people`). `corpus` is plain
text that uses all of it; the task set glue-lite asks for the relations themselves.
"""

from __future__ import annotations

import functools
import random

from superb_lite.sources.english.documents import documents
from superb_lite.sources.english.inflection import capitalised

SEED = 0


@functools.cache
def corpus() -> tuple[str, ...]:
    """The pretraining documents, shuffled; about 1.3 million characters."""
    written = [tuple(capitalised(sentence) for sentence in document) for document in documents(SEED)]
    random.Random(f"order/{SEED}").shuffle(written)
    return tuple(" ".join(document) for document in written)
