"""Mutants of a yeast origin of replication, ARS1, and which of them work; the package logomaker carries them.

603,569 different sequences of 150 letters were read in a library of plasmids before ("library_ct") and after
("selected_ct") yeast had to replicate them: unpublished data of J. B. Kinney, analogous to Liachko et al. (2013). They
are mutants of one parent, the other strand of that in `ars_wt_sequence.txt`. The library was read thinly, and how often
a mutant is found afterwards says little about how well it works, but it says whether it does: what is found often
works, and what was read several times before and never after does not.

What is learnt here holds for this origin alone. So that no test mutant has a near twin to learn from, any two labelled
mutants differ in at least `APART` letters; so that mutations need not be counted but understood, those that work have
as many of them as those that do not.
"""

from __future__ import annotations

import functools
import gzip
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

import numpy as np

from superb_lite_sources.dna.kmers import LETTERS, reverse_complement
from superb_lite_sources.packaged import Package
from superb_lite_sources.shares import rank

Part = Literal["train", "validation", "test"]

LOGOMAKER = Package("logomaker", "0.8.7", "mutants of ARS1")
_MUTANTS = (
    "examples/datafiles/ars_sequences.txt.gz",
    "b5061cb692daa92ba1ff6f486d114dee5e0bc6b2c30f54b5e36e26bc1f93c1c2",
)
_PARENT = (
    "examples/datafiles/ars_wt_sequence.txt",
    "cb3e2c9871cc302388bcfd1640400d9c29e88ad019c15da74c46e349bd3bec9e",
)

SELECTED = 50
"""Reads after selection of a mutant that works. Those with a few are sequencing errors of others with many."""

READ = 4
"""Reads before selection of a mutant that would have been found afterwards, too, if it worked."""

APART = 4
CANDIDATES = 6000
"""Mutants of a kind that are looked at, of those that work the most frequent ones."""

TEST, VALIDATION = 2250, 500
"""Mutants of a kind in these parts."""

UNLABELLED = 2000


@functools.cache
def parent() -> str:
    """The 150 letters that all mutants come from."""
    lines = LOGOMAKER.file(*_PARENT).read_text(encoding="utf-8").splitlines()
    [sequence] = [line for line in lines if line and not line.startswith("#")]
    return reverse_complement(sequence)


@functools.cache
def _rows() -> tuple[list[str], list[str], list[str]]:
    """Candidates that work, candidates that do not, and all the others, which nobody can tell of."""
    lines = gzip.decompress(LOGOMAKER.file(*_MUTANTS).read_bytes()).decode("utf-8").splitlines()
    working: list[tuple[int, str]] = []
    broken: list[str] = []
    others: list[str] = []
    for line in lines:
        if not line[:1].isdigit():  # comments and the header
            continue
        before, after, sequence = line.split("\t")
        if int(after) >= SELECTED:
            working.append((-int(after), sequence))
        elif after == "0" and int(before) >= READ:
            broken.append(sequence)
        else:
            others.append(sequence)
    broken = sorted(broken, key=lambda sequence: rank(sequence, "ars1"))[:CANDIDATES]
    return [sequence for _, sequence in sorted(working)[:CANDIDATES]], broken, others


@functools.cache
def _labelled() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Mutants that do not work, and as many that do; at each distance to the parent as many of both."""
    working, broken, _ = _rows()
    together = [sequence for pair in zip(working, broken, strict=True) for sequence in pair]
    kept = [together[i] for i in distant(_letters(together), APART)]
    works = set(working)
    by_distance: dict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for sequence, distance in zip(kept, _differences(_letters(kept), _letters([parent()]))[:, 0], strict=True):
        by_distance[int(distance)][sequence in works].append(sequence)
    matched: tuple[list[str], list[str]] = ([], [])
    for pair in by_distance.values():
        for label in range(2):
            matched[label].extend(pair[label][: min(map(len, pair))])
    no, yes = (sorted(some, key=lambda sequence: rank(sequence, "ars1/parts")) for some in matched)
    return tuple(no), tuple(yes)


def mutants(part: Part) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(those that do not work, those that do) of one part, as many of each."""
    borders = {"test": (0, TEST), "validation": (TEST, TEST + VALIDATION), "train": (TEST + VALIDATION, None)}
    no, yes = _labelled()
    return no[slice(*borders[part])], yes[slice(*borders[part])]


@functools.cache
def unlabelled() -> tuple[str, ...]:
    """Mutants of which nobody knows whether they work, at least `APART` letters from every tested and validated one."""
    others = _rows()[2]
    drawn = others[:: len(others) // (2 * UNLABELLED)]
    held = [sequence for part in ("test", "validation") for some in mutants(part) for sequence in some]
    nearest = _differences(_letters(drawn), _letters(held)).min(axis=1)
    return tuple(sequence for sequence, away in zip(drawn, nearest, strict=True) if away >= APART)[:UNLABELLED]


def _letters(sequences: Sequence[str]) -> np.ndarray:
    """(N, 4 L) float32: a one for the letter at each place."""
    codes = np.frombuffer("".join(sequences).encode("ascii"), dtype=np.uint8).reshape(len(sequences), -1)
    ones = codes[:, :, None] == np.frombuffer(LETTERS.encode(), dtype=np.uint8)
    return np.asarray(ones.reshape(len(sequences), -1), dtype=np.float32)


def _differences(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(N, M) in how many letters two sequences differ."""
    length = one.shape[1] // len(LETTERS)
    return np.asarray(length - np.rint(one @ other.T), dtype=np.int64)


def distant(letters: np.ndarray, apart: int, block: int = 256) -> list[int]:
    """Rows, taken greedily in order, of which any two differ in at least `apart` letters.

    letters: see `_letters`; block: how many are compared at a time.
    """
    kept: list[int] = []
    for start in range(0, len(letters), block):
        rows = letters[start : start + block]
        free = np.ones(len(rows), dtype=bool)
        if kept:
            free = _differences(rows, letters[kept]).min(axis=1) >= apart
        near = _differences(rows, rows) < apart
        for row in range(len(rows)):
            if free[row]:
                kept.append(start + row)
                free[row + 1 :] &= ~near[row, row + 1 :]
    return kept
