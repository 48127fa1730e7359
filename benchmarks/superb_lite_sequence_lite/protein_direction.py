"""In which direction a protein is read: as it was made, or backwards. The pieces are real, the question is made up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_sequence_lite.labelled import Labelled, Part, task_data
from superb_lite_sources.protein import proteins
from superb_lite_sources.protein.families import families
from superb_lite_sources.shares import generator, rank

PIECE = 50
SHORTEST = 2 * PIECE + 1
"""Residues of a protein that has room for two pieces."""


def order(root: Path | None, part: Part = "test") -> TaskData:
    """Of each protein one piece of 50 residues as it is (1), and another one backwards (0).

    root: not needed. part: what is scored.
    """
    return task_data(_pieces("train"), _pieces(part))


def _pieces(part: Part) -> Iterator[Labelled]:
    sequences = proteins.proteome(part)
    for sequence, family in zip(sequences, families(sequences, proteins.K, proteins.SHARED), strict=True):
        if len(sequence) < SHORTEST or "X" in sequence:
            continue
        name = rank(sequence, "protein")[:12]
        rng = generator(f"protein-order/{name}")
        # Not with the first residue, which is M in all of them.
        middle = int(rng.integers(1 + PIECE, len(sequence) - PIECE + 1))
        starts = [int(rng.integers(1, middle - PIECE + 1)), int(rng.integers(middle, len(sequence) - PIECE + 1))]
        for label, start in enumerate(rng.permutation(starts).tolist()):
            piece = sequence[start : start + PIECE]
            yield Labelled(f"{name}-{label}", piece if label else piece[::-1], label, f"{part}-{family}")
