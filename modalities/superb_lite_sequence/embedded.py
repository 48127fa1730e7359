"""The sequences that installed packages carry, by kind."""

from __future__ import annotations

import functools
import random

from superb_lite.errors import SuperbLiteError
from superb_lite_sequence.alphabet import AMINO_ACIDS, DURATIONS, NUCLEOTIDES, PITCHES

KINDS = ("dna", "protein", "music")


@functools.cache
def embedded(kind: str, part: str = "pretrain") -> tuple[str, ...]:
    """The sequences of a kind for pretraining, or those that are "held-out". Raises `SuperbLiteError`."""
    if kind not in KINDS:
        raise SuperbLiteError(f"--data.kinds: no sequences of the kind '{kind}' are embedded: {', '.join(KINDS)}")
    # Drawn symbols, until the readers of the real ones are there.
    draw = random.Random(f"{kind}/{part}")
    symbols = {"dna": NUCLEOTIDES, "protein": AMINO_ACIDS, "music": PITCHES + DURATIONS}[kind]
    return tuple("".join(draw.choices(symbols, k=draw.randrange(20, 300))) for _ in range(300))
