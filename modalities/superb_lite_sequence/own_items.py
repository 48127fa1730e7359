"""A person's own sequences without labels."""

from __future__ import annotations

from pathlib import Path

from superb_lite.errors import SuperbLiteError
from superb_lite_sequence.fasta import read_fasta
from superb_lite_sequence.table import read_table

TABLES = (".csv", ".tsv", ".tab")
"""How the files end that are tables; all others are FASTA."""

FASTA = (".fasta", ".fa", ".fna", ".faa", ".ffn", ".fas")
"""How the FASTA files of a folder end."""


def read_sequences(path: Path) -> dict[str, str]:
    """The sequences of a FASTA file, or of a table with a column `sequence`, by their ids; or those of a whole folder.

    Raises `SuperbLiteError`, naming file, record and column, for what cannot be read, and for a folder without such
    files.
    """
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix.lower() in (*TABLES, *FASTA) and file.is_file())
        if not files:
            raise SuperbLiteError(f"'{path}' holds no file that ends in {', '.join((*FASTA, *TABLES))}")
        return {
            f"{file.relative_to(path)}:{name}": sequence
            for file in files
            for name, sequence in read_sequences(file).items()
        }
    if path.suffix.lower() in TABLES:
        return {row.id: row.cells["sequence"] for row in read_table(path, labelled=False)}
    return {record.id: record.sequence for record in read_fasta(path)}
