"""Proteins of bacteria that the packages pyhmmer and pyrodigal carry.

The proteome of a bacterium of the human gut (taxon 938293 of proGenomes, 2,100 proteins, genes called by Prodigal) is
parted, families as a whole; it has almost no homologues within. To pretrain on there are the translated genes of other
bacteria, of Corynebacterium diphtheriae only those of the arc that the tasks on DNA learn from.
"""

from __future__ import annotations

import functools
import re
from typing import Literal

from superb_lite_sources.dna import genomes
from superb_lite_sources.fasta import records
from superb_lite_sources.packaged import Package
from superb_lite_sources.protein.families import families
from superb_lite_sources.shares import rank

Part = Literal["train", "validation", "test"]

PYHMMER = Package("pyhmmer", "0.12.3", "bacterial proteins")
PYRODIGAL = Package("pyrodigal", "3.7.1", "bacterial proteins")
_PROTEOME = (
    "tests/data/seqs/938293.PRJEB85.HG003687.faa",
    "7190c967978a9921f69dadc710db2d826b41ec738894bf51c1d439106d0a4a08",
)
_TRANSLATED = (
    ("tests/data/MIIJ01000039.meta.faa.gz", "1c620142c7e7cb79ee632070c2ea1dacccce4cce114905ac5c58c18b7aa46d10"),
    ("tests/data/SRR492066.meta.faa.gz", "e82524ec75c8a45a6569e779eeda845ab194104525a00c886d7cf35f74816b97"),
    ("tests/data/KK037166.meta.faa.gz", "5700de3ba7d597077e075795d7f7096c379b1007221a53d15e1364be56ca157f"),
)

K, SHARED = 5, 0.25
"""Related proteins share so much of their stretches of K residues."""

SHARES: dict[Part, tuple[float, float]] = {"test": (0.0, 0.5), "validation": (0.5, 0.58), "train": (0.58, 1.0)}

RESIDUES = "ACDEFGHIKLMNPQRSTVWY"

_CODE = dict(
    zip(
        (a + b + c for a in "TCAG" for b in "TCAG" for c in "TCAG"),
        "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
        strict=True,
    )
)
"""The genetic code of bacteria (NCBI's table 11)."""


@functools.cache
def proteome(part: Part) -> tuple[str, ...]:
    """The proteins of one part, each of them once."""
    return tuple(sequence for sequence, share in _proteome() if SHARES[part][0] <= share < SHARES[part][1])


@functools.cache
def _proteome() -> tuple[tuple[str, float], ...]:
    """Each protein and a number from 0 to 1 that its family has."""
    sequences = list(dict.fromkeys(_plain(one) for _, one in records(PYHMMER.file(*_PROTEOME))))
    groups = families(sequences, K, SHARED)
    return tuple(
        (one, int(rank(sequences[group], "proteome")[:13], 16) / 16**13)
        for one, group in zip(sequences, groups, strict=True)
    )


@functools.cache
def translated() -> tuple[str, ...]:
    """Proteins of other bacteria, each of them once; of the chromosome no genes that have copies in another arc."""
    found = [_plain(one) for name, sha256 in _TRANSLATED for _, one in records(PYRODIGAL.file(name, sha256))]
    found += [translate(one) for gene in genomes.genes("train") if not genomes.is_repeated(one := gene.sequence)]
    return tuple(dict.fromkeys(found))


def translate(gene: str) -> str:
    """The residues of a gene from its start codon, which is M whatever it is, to the codon before the stop."""
    codons = (gene[i : i + 3] for i in range(3, len(gene) - 3, 3))
    return "M" + "".join(_CODE[codon] for codon in codons)


def _plain(sequence: str) -> str:
    """Without the stop at its end; X for what is none of the twenty amino acids."""
    return re.sub(f"[^{RESIDUES}]", "X", sequence.removesuffix("*"))
