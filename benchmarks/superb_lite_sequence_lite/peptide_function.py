"""Which short peptides kill bacteria."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_sequence_lite.labelled import Labelled, Part, task_data
from superb_lite_sources.protein import peptides


def antimicrobial(root: Path | None, part: Part = "test") -> TaskData:
    """Peptides that are antimicrobial (1) or other ones (0), as many of each where they are scored.

    root: not needed. part: what is scored.
    """
    return task_data(_labelled(peptides.peptides("train")), _labelled(peptides.balanced(part)))


def _labelled(some: tuple[peptides.Peptide, ...]) -> Iterator[Labelled]:
    for peptide in some:
        yield Labelled(peptide.sequence, peptide.sequence, int(peptide.antimicrobial), peptide.family)
