"""Human 5' splice sites that the package logomaker carries (Tareen and Kinney 2020).

All 10,227 sequences of the form NNNGYNNNN that GENCODE (Frankish et al. 2019) annotates in hg38, exon before the G, and
how many sites have each. RNA's U is written T. Sequences differ, but no part of them is without neighbours that differ
in one letter only (each has 11 of its 27 in the list): what is learnt is a function on the cube of all nine letters.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from superb_lite_sources.packaged import Package
from superb_lite_sources.shares import generator, rank

Part = Literal["train", "validation", "test"]

LOGOMAKER = Package("logomaker", "0.8.7", "human splice sites")
_FILE = (
    "examples/datafiles/ss_sequences.txt",
    "57720d487a803c482cb5dec902133e2dc484d6a35824e6ce2c7df9e04842ef5e",
)

TEST, VALIDATION = 3000, 600
"""Sequences of these parts."""

OFTEN = 2
"""A sequence that so many sites have is no error of the annotation; 52% have."""

EACH: dict[Part, int] = {"test": 1500, "validation": 250, "train": 850}
"""Sequences of this kind, and as many decoys. More decoys that are matched to them there are not."""


@dataclass(frozen=True)
class SpliceSite:
    """A sequence that is the 5' splice site of an intron."""

    sequence: str
    """Nine letters of A, C, G and T; the intron begins at the fourth."""

    count: int
    """How many sites of the genome have it."""


@functools.cache
def _all() -> tuple[SpliceSite, ...]:
    """All sites in an order drawn by their content."""
    lines = LOGOMAKER.file(*_FILE).read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line.strip() and not line.startswith("#")][1:]
    sites = [SpliceSite(sequence.replace("U", "T"), int(count)) for sequence, count in rows]
    return tuple(sorted(sites, key=lambda site: rank(site.sequence, "splice-sites")))


def sites(part: Part) -> tuple[SpliceSite, ...]:
    """The sites of one part."""
    return _all()[_range(part)]


def _range(part: Part) -> slice:
    borders = {"test": (0, TEST), "validation": (TEST, TEST + VALIDATION), "train": (TEST + VALIDATION, None)}
    return slice(*borders[part])


def common(part: Part) -> tuple[str, ...]:
    """Sequences of a part, `EACH` of them, that at least `OFTEN` sites have."""
    return tuple(site.sequence for site in sites(part) if site.count >= OFTEN)[: EACH[part]]


def decoys(part: Part) -> tuple[str, ...]:
    """As many sequences NNNGYNNNN as `common` has that are no site at all; none is in two parts.

    Taken together they have each letter about as often at each place as the sites have (within 3% of them), so that no
    place tells a decoy from a site, but only what the places have to do with each other.
    """
    names = list(EACH)
    first = sum(EACH[name] for name in names[: names.index(part)])
    return _decoys()[first : first + EACH[part]]


@functools.cache
def _decoys() -> tuple[str, ...]:
    known = {site.sequence for site in _all()}
    pattern = ("ACGT", "ACGT", "ACGT", "G", "CT", "ACGT", "ACGT", "ACGT", "ACGT")
    absent = [sequence for letters in itertools.product(*pattern) if (sequence := "".join(letters)) not in known]
    target = _one_hot([sequence for part in EACH for sequence in common(part)]).sum(axis=0)
    taken = matched(_one_hot(absent), target, sum(EACH.values()), generator("splice-sites/decoys"))
    return tuple(absent[row] for row in taken)


def matched(
    rows: np.ndarray, target: np.ndarray, count: int, rng: np.random.Generator, steps: int = 30_000, tries: int = 64
) -> list[int]:
    """Rows, `count` different ones in random order, whose sum comes near a target.

    Random rows are exchanged, each for the best of a few others, wherever that brings the sum nearer. All is done in
    whole numbers, so that the same rows are taken on every machine.

    rows: (N, D) int64; target: (D,) int64.
    """
    order = rng.permutation(len(rows))
    taken, rest = order[:count], order[count:]
    gap = rows[taken].sum(axis=0) - target
    for _ in range(steps):
        place, places = int(rng.integers(count)), rng.integers(len(rest), size=tries)
        gaps = gap + rows[rest[places]] - rows[taken[place]]
        best = int((gaps**2).sum(axis=1).argmin())
        if (gaps[best] ** 2).sum() < (gap**2).sum():
            gap, other = gaps[best], places[best]
            taken[place], rest[other] = rest[other], taken[place]
    return [int(row) for row in taken]


def _one_hot(sequences: Sequence[str]) -> np.ndarray:
    """(N, 36) int64: a one for the letter at each place."""
    codes = np.frombuffer("".join(sequences).encode("ascii"), dtype=np.uint8).reshape(len(sequences), -1)
    ones = codes[:, :, None] == np.frombuffer(b"ACGT", dtype=np.uint8)
    return np.asarray(ones.reshape(len(sequences), -1), dtype=np.int64)
