"""What a stretch of a gene says of itself: in which frame its codons lie, and whether it is read in this direction.

Items are windows of 99 letters that lie within a gene as a whole, given on the strand on which the gene is read. All
windows of a gene are in one part of the chromosome, and are one cluster. Windows are left out of which 20 letters stand
at another place of the chromosome, too (copies of a gene), so that no test item shares so many with a training item.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from superb_lite.tasks.labels import TaskData
from superb_lite_sequence_lite.labelled import Labelled, Part, task_data
from superb_lite_sources.dna.genomes import Gene, genes, is_repeated
from superb_lite_sources.dna.kmers import reverse_complement
from superb_lite_sources.shares import generator

WINDOW = 99
MARGIN = 15
"""Letters of a gene that no window has, at either end, where start and stop codon and the sites around them lie."""
TRIES = 20


def frame(root: Path | None, part: Part = "test") -> TaskData:
    """Of each gene three windows, one a class: the first whole codon begins at letter 0, 1 or 2.

    root: not needed. part: what is scored.
    """
    return task_data(_frames("train"), _frames(part))


def _frames(part: Part) -> Iterator[Labelled]:
    for gene, rng in _long_genes(part, "frame"):
        for label in range(3):
            start = _draw(gene, rng, codon=label)
            if start is not None:
                window = gene.sequence[start : start + WINDOW]
                yield Labelled(f"{gene.id}-{label}", window, label, gene.id)


def strand(root: Path | None, part: Part = "test") -> TaskData:
    """Of each gene two windows, one as it is read (1) and one of the other strand (0). See `frame`."""
    return task_data(_strands("train"), _strands(part))


def _strands(part: Part) -> Iterator[Labelled]:
    for gene, rng in _long_genes(part, "strand"):
        for label in range(2):
            start = _draw(gene, rng)
            if start is not None:
                window = gene.sequence[start : start + WINDOW]
                yield Labelled(f"{gene.id}-{label}", window if label else reverse_complement(window), label, gene.id)


def _long_genes(part: Part, purpose: str) -> Iterator[tuple[Gene, np.random.Generator]]:
    """Genes that have room for a window, with a generator each."""
    for gene in genes(part):
        if gene.end - gene.begin >= WINDOW + 2 * MARGIN + 3:
            yield gene, generator(f"{purpose}/{gene.id}")


def _draw(gene: Gene, rng: np.random.Generator, codon: int | None = None) -> int | None:
    """Where a window begins in a gene, counted from its start codon; None where repeats leave no room.

    codon: at which letter of the window the first whole codon begins; None: at any.
    """
    sequence = gene.sequence
    for _ in range(TRIES):
        start = int(rng.integers(MARGIN, len(sequence) - WINDOW - MARGIN - 2))
        if codon is not None:
            start += (-codon - start) % 3
        if not is_repeated(sequence[start : start + WINDOW]):
            return start
    return None
