"""Which mutants of a yeast origin of replication still work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_sequence_lite.labelled import Labelled, Part, task_data
from superb_lite_sources.dna import ars1


def works(root: Path | None, part: Part = "test") -> TaskData:
    """Mutants of ARS1, 150 letters, that work (1) or do not (0), as many of each.

    root: not needed. part: what is scored.
    """
    return task_data(_mutants("train"), _mutants(part))


def _mutants(part: Part) -> Iterator[Labelled]:
    for label, sequences in enumerate(ars1.mutants(part)):
        for number, sequence in enumerate(sequences):
            yield Labelled(f"{part}-{label}-{number}", sequence, label)
