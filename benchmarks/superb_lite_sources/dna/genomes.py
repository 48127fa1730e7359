"""Bacterial genomes that the packages pyrodigal and pyhmmer carry, and the genes of one of them.

The chromosome is that of Corynebacterium diphtheriae NCTC 11397 (RefSeq NZ_LN831026.1). It is parted by position, so
that a gene lies in one part: an arc to test, one to validate, and the rest to learn from, with or without labels.

Where its genes lie was found by Pyrodigal 3.7.1 (Larralde 2022), which is Prodigal (Hyatt et al. 2010), and is written
down in `genes_NZ_LN831026.1.tsv` (first and last letter, counted from 1, and strand; 2,342 complete genes): another
version of that program may find others, and nothing here runs it.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from superb_lite_sources.dna.kmers import KmerSet, reverse_complement
from superb_lite_sources.fasta import records
from superb_lite_sources.packaged import Package

Part = Literal["train", "validation", "test"]

ARCS: dict[Part, tuple[float, float]] = {"test": (0.0, 0.45), "validation": (0.45, 0.55), "train": (0.55, 1.0)}
"""Shares of the chromosome."""

SHARED = 20
"""Two stretches of so many letters that are the same, on either strand, are no accident."""

SHORTEST = 100
"""Letters of a piece of the corpus."""

PYRODIGAL = Package("pyrodigal", "3.7.1", "bacterial genomes")
PYHMMER = Package("pyhmmer", "0.12.3", "bacterial genomes")

_CHROMOSOME = (
    "tests/data/GCF_001457455.1_NCTC11397_genomic.fna.gz",
    "e9f88cc1a5c1f0e10f372df91852e44630cbeb1d424a34566ed159e5e94850b3",
)
_OTHERS = (
    # Escherichia coli, a scaffold, half of it unknown
    (
        PYRODIGAL,
        "tests/data/MIIJ01000039.fna.gz",
        "ec750bb0133970dbdd7263f63d72c21ee5d964ed7336256fbc9c3aa48a53e20f",
    ),
    # a contig of a metagenome
    (PYRODIGAL, "tests/data/SRR492066.fna.gz", "484e50cf3f0ed0a3d5ea35e224ad1b5f6060c1fbb1e34234aae9963e406d38b7"),
    # Kutzneria sp. 744, a scaffold
    (PYRODIGAL, "tests/data/KK037166.fna.gz", "c9473cc41fb723a8b9b5953f4c2365b8f9edb171109ccec3b00fd5de9d164e51"),
    # Bacillus amyloliquefaciens, a contig
    (
        PYHMMER,
        "tests/data/seqs/1390.SAMEA104415756.OFHT01000022.fna",
        "b61f5460aa8a03ca0561c5261aec6d3f85469bdc7ce2c96699ac793512b67329",
    ),
)


@dataclass(frozen=True)
class Gene:
    """A protein-coding gene of the chromosome."""

    begin: int
    """Its first letter, counted from 0 along the strand that the file holds."""

    end: int
    """Behind its last letter, likewise."""

    reverse: bool
    """Whether it is read on the other strand."""

    @property
    def id(self) -> str:
        """Place and strand."""
        return f"{self.begin}-{self.end}{'-' if self.reverse else '+'}"

    @property
    def sequence(self) -> str:
        """The gene on its own strand: whole codons, from the start to the stop codon."""
        letters = chromosome()[self.begin : self.end]
        return reverse_complement(letters) if self.reverse else letters


@functools.cache
def chromosome() -> str:
    """2,463,666 letters of A, C, G and T."""
    [(_, sequence)] = records(PYRODIGAL.file(*_CHROMOSOME))
    return sequence


def arc(part: Part) -> tuple[int, int]:
    """Where a part of the chromosome begins and ends."""
    low, high = (round(share * len(chromosome())) for share in ARCS[part])
    return low, high


@functools.cache
def genes(part: Part) -> tuple[Gene, ...]:
    """The genes that lie in one part as a whole, along the chromosome."""
    low, high = arc(part)
    table = files("superb_lite_sources.dna").joinpath("genes_NZ_LN831026.1.tsv").read_text(encoding="ascii")
    rows = (line.split("\t") for line in table.splitlines()[1:])
    found = (Gene(int(begin) - 1, int(end), strand == "-") for begin, end, strand in rows)
    return tuple(gene for gene in found if low <= gene.begin and gene.end <= high)


@functools.cache
def _repeats() -> KmerSet:
    return KmerSet([chromosome()], SHARED, repeated=True)


def is_repeated(sequence: str) -> bool:
    """Whether `SHARED` letters of a sequence stand at several places of the chromosome, as in copies of a gene."""
    return len(_repeats().hits(sequence)) > 0


def corpus(part: Literal["pretrain", "held-out"]) -> tuple[str, ...]:
    """Pieces of genomes, each on both strands: of the chromosome only the arc "train", or "validation" for "held-out".

    What shares `SHARED` letters with an arc that is held back is cut out.
    """
    sequence = chromosome()
    train, validation, test = (sequence[slice(*arc(name))] for name in ("train", "validation", "test"))
    if part == "pretrain":
        sources, held = [train, *_others()], [test, validation]
    else:
        sources, held = [validation], [test, train, *_others()]
    taboo = KmerSet(held, SHARED)
    pieces = [piece for one in sources for piece in taboo.pieces_outside(one, SHORTEST)]
    return tuple(strand for piece in pieces for strand in (piece, reverse_complement(piece)))


@functools.cache
def _others() -> tuple[str, ...]:
    """The known stretches of the other genomes."""
    found = (record for package, name, sha256 in _OTHERS for record in records(package.file(name, sha256)))
    stretches = (stretch for _, sequence in found for stretch in re.findall("[ACGT]+", sequence))
    return tuple(stretch for stretch in stretches if len(stretch) >= SHORTEST)
