"""DNA: bacterial genomes, human splice sites and mutants of a yeast origin of replication.

`genomes`, `splice_sites` and `ars1` read what packages carry and part it once; `corpus` is what may be pretrained on.
"""

from __future__ import annotations

import functools
from typing import Literal

from superb_lite_sources.dna import genomes


@functools.cache
def corpus(part: Literal["pretrain", "held-out"] = "pretrain") -> tuple[str, ...]:
    """Sequences of A, C, G and T.

    "pretrain" shares no 20 letters in a row with the tested and validated stretches of the genome, on either strand.
    "held-out" is for the loss of what was not pretrained on: nothing that is tested, and nothing of "pretrain".
    """
    return genomes.corpus(part)
