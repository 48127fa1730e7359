"""A person's own sequences without labels."""

from __future__ import annotations

from pathlib import Path

from superb_lite_sequence.fasta import read_fasta
from superb_lite_sequence.table import read_table

TABLES = (".csv", ".tsv", ".tab")
"""How the files end that are tables; all others are FASTA."""


def read_sequences(path: Path) -> dict[str, str]:
    """The sequences of a FASTA file, or of a table with a column `sequence`, by their ids.

    Raises `SuperbLiteError`, naming file, record and column, for what cannot be read.
    """
    if path.suffix.lower() in TABLES:
        return {row.id: row.cells["sequence"] for row in read_table(path, labelled=False)}
    return {record.id: record.sequence for record in read_fasta(path)}
