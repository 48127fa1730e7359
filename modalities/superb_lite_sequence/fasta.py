"""FASTA files."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from superb_lite.errors import SuperbLiteError
from superb_lite.paths import read_utf8

LARGEST = 2**30
"""The largest file in bytes: all of it is held in memory."""


class Record(NamedTuple):
    """One record. line: of its header, from 1. id: the header's first word. description: what follows it."""

    line: int
    id: str
    description: str
    sequence: str


def read_fasta(path: Path) -> list[Record]:
    """The records of a FASTA file."""
    records: list[Record] = []
    for part in read_utf8(path, limit=LARGEST).split(">")[1:]:
        head, *lines = part.splitlines()
        name, _, rest = head.partition(" ")
        records.append(Record(0, name, rest, "".join(lines)))
    if not records:
        raise SuperbLiteError(f"'{path}' holds no FASTA records")
    return records
