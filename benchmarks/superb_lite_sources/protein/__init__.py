"""Proteins: a proteome and translated genes of bacteria, and short peptides, some of which kill bacteria.

`proteins` and `peptides` read what packages carry and part it once; `corpus` is what may be pretrained on.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Literal

from superb_lite_sources.protein import peptides, proteins
from superb_lite_sources.protein.families import related_to

HELD: tuple[Literal["test", "validation"], ...] = ("test", "validation")

IDENTICAL = 12
"""Proteins and peptides that share so many residues in a row are related."""


@functools.cache
def corpus(part: Literal["pretrain", "held-out"] = "pretrain") -> tuple[str, ...]:
    """Sequences of the twenty amino acids, X for others.

    "pretrain" has whole proteins and peptides that are not related to what is tested or validated. "held-out" is for
    the loss of what was not pretrained on: what tasks are validated on.
    """
    if part == "held-out":
        return (*proteins.proteome("validation"), *(peptide.sequence for peptide in peptides.peptides("validation")))
    held = [sequence for name in HELD for sequence in proteins.proteome(name)]
    short = [peptide.sequence for name in HELD for peptide in peptides.peptides(name)]
    whole = (*proteins.proteome("train"), *_unrelated(proteins.translated(), held, proteins.K, proteins.SHARED))
    peptide = [peptide.sequence for peptide in peptides.peptides("train")]
    # A peptide shares a few short stretches with many a protein by chance, and a long one with none.
    return (*_unrelated(whole, short, IDENTICAL, 0), *_unrelated(peptide, [*held, *short], IDENTICAL, 0))


def _unrelated(sequences: Sequence[str], held: Sequence[str], k: int, share: float) -> Iterator[str]:
    kin = related_to(sequences, held, k, share)
    return (sequence for sequence, related in zip(sequences, kin, strict=True) if not related)
