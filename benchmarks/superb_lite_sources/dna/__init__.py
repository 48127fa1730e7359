"""DNA: bacterial genomes, human splice sites and mutants of a yeast origin of replication.

`genomes`, `splice_sites` and `ars1` read what packages carry and part it once; `corpus` is what may be pretrained on.
"""

from __future__ import annotations

import functools
from typing import Literal

from superb_lite_sources.dna import ars1, genomes, splice_sites


@functools.cache
def corpus(part: Literal["pretrain", "held-out"] = "pretrain") -> tuple[str, ...]:
    """Sequences of A, C, G and T: pieces of genomes on both strands, splice sites, mutants of ARS1.

    "pretrain" has nothing of what is tested or validated: pieces share no 20 letters in a row with those stretches of
    the genome, sites are other ones, and mutants, of which nobody knows whether they work, differ in four letters or
    more. "held-out" is for the loss of what was not pretrained on: the genes and sites that are validated on.
    """
    if part == "pretrain":
        return (*genomes.corpus(part), *_sequences("train"), *ars1.unlabelled())
    return (*genomes.corpus(part), *_sequences("validation"))


def _sequences(part: splice_sites.Part) -> tuple[str, ...]:
    return tuple(site.sequence for site in splice_sites.sites(part))
