"""Proteins: a proteome and translated genes of bacteria, and short peptides, some of which kill bacteria.

`proteins` and `peptides` read what packages carry and part it once; `corpus` is what may be pretrained on.
"""

from __future__ import annotations

import functools
from typing import Literal

from superb_lite_sources.protein import peptides, proteins
from superb_lite_sources.protein.families import related_to


@functools.cache
def corpus(part: Literal["pretrain", "held-out"] = "pretrain") -> tuple[str, ...]:
    """Sequences of the twenty amino acids, X for others.

    "pretrain" has whole proteins and peptides that are not related to what is tested or validated. "held-out" is for
    the loss of what was not pretrained on: what tasks are validated on.
    """
    if part == "held-out":
        return (*proteins.proteome("validation"), *(peptide.sequence for peptide in peptides.peptides("validation")))
    held = [sequence for name in ("test", "validation") for sequence in proteins.proteome(name)]
    others = proteins.translated()
    kin = related_to(others, held, proteins.K, proteins.SHARED)
    unrelated = (sequence for sequence, related in zip(others, kin, strict=True) if not related)
    return (*proteins.proteome("train"), *unrelated, *(peptide.sequence for peptide in peptides.peptides("train")))
