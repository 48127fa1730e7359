"""Splice sites: which nine letters are one, and how many sites of the human genome have them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_sequence_lite.labelled import Labelled, Part, task_data
from superb_lite_sources.dna import splice_sites


def decoy(root: Path | None, part: Part = "test") -> TaskData:
    """Sites (1) and decoys (0), as many of each.

    root: not needed. part: what is scored.
    """
    return task_data(_sites_and_decoys("train"), _sites_and_decoys(part))


def _sites_and_decoys(part: Part) -> Iterator[Labelled]:
    for label, sequences in enumerate((splice_sites.decoys(part), splice_sites.common(part))):
        for sequence in sequences:
            yield Labelled(sequence, sequence, label)


def count(root: Path | None, part: Part = "test") -> TaskData:
    """Sites with the logarithm to base 2 of their number in the genome. See `decoy`."""
    return task_data(_counts("train"), _counts(part))


def _counts(part: Part) -> Iterator[Labelled]:
    for site in splice_sites.sites(part):
        yield Labelled(site.sequence, site.sequence, math.log2(site.count))
