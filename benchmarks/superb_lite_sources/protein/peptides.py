"""Short peptides that the package modlamp carries (Mueller et al. 2017): antimicrobial ones, and others.

2,600 antimicrobial peptides are those of the database APD3 (Wang, Li and Wang 2016) in January 2016; the others are
2,600 entries of UniProt of 10 to 50 residues, drawn at random. As they stand they have a shortcut and faults:

- 56% of the others begin with M, as whole proteins do, and 2% of the antimicrobial ones: a leading M is cut off;
- 22 stand in both classes: they are left out, and so is what is shorter than 8 or longer than 50 residues then;
- many are variants of each other: families, see `superb_lite_sources.protein.families`, are in one part.

What the other choices of negatives do to such a data set: Sidorczuk et al. 2022.
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Literal

from superb_lite_sources.packaged import Package
from superb_lite_sources.protein.families import families
from superb_lite_sources.shares import rank

Part = Literal["train", "validation", "test"]

MODLAMP = Package("modlamp", "4.3.3", "antimicrobial peptides")
_FILE = ("data/AMPvsUniProt.csv", "e1db3dd659179118dcfca63723385f2f0c95c49d27060a90f7a9d5848250eb48")

SHORTEST, LONGEST = 8, 50
K, SHARED = 3, 0.4
"""Related peptides share so much of their stretches of K residues."""

CHAIN = 60
"""A family with more members is for training: it is a chain of variants that says little about others."""

SHARES: dict[Part, float] = {"test": 0.37, "validation": 0.09, "train": 1.0}
"""Of all peptides, at least; training has what is left."""


@dataclass(frozen=True)
class Peptide:
    """A peptide."""

    sequence: str
    """Its residues, without a leading M."""

    antimicrobial: bool

    family: str
    """The first of its family, as a sequence."""


def peptides(part: Part) -> tuple[Peptide, ...]:
    """The peptides of one part."""
    return _parts()[part]


@functools.cache
def _parts() -> dict[Part, tuple[Peptide, ...]]:
    found = _cleaned()
    members: dict[str, list[Peptide]] = defaultdict(list)
    for peptide in found:
        members[peptide.family].append(peptide)
    parts: dict[Part, list[Peptide]] = {"test": [], "validation": [], "train": []}
    for name in sorted(members, key=lambda family: rank(family, "peptides")):
        open_parts = (part for part in parts if len(parts[part]) < SHARES[part] * len(found))
        parts["train" if len(members[name]) > CHAIN else next(open_parts)].extend(members[name])
    return {part: tuple(some) for part, some in parts.items()}


def _cleaned() -> list[Peptide]:
    lines = MODLAMP.file(*_FILE).read_text(encoding="ascii").splitlines()[1:]  # the first one says what there is
    classes: dict[str, set[bool]] = defaultdict(set)
    for line in lines:
        sequence, label = line.split(",")
        classes[sequence.strip().removeprefix("M")].add(label.strip() == "1")
    kept = {
        sequence: signs == {True}
        for sequence, signs in classes.items()
        if len(signs) == 1 and SHORTEST <= len(sequence) <= LONGEST
    }
    sequences = list(kept)
    groups = families(sequences, K, SHARED)
    return [Peptide(one, kept[one], sequences[group]) for one, group in zip(sequences, groups, strict=True)]


def balanced(part: Part) -> tuple[Peptide, ...]:
    """As many peptides of one class as of the other, all of the rarer one."""
    some = peptides(part)
    fewest = min(Counter(peptide.antimicrobial for peptide in some).values())
    taken: Counter[bool] = Counter()
    chosen = []
    for peptide in sorted(some, key=lambda one: rank(one.sequence, "peptides/balanced")):
        taken[peptide.antimicrobial] += 1
        if taken[peptide.antimicrobial] <= fewest:
            chosen.append(peptide)
    return tuple(chosen)
