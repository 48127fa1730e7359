"""FASTA files (Pearson and Lipman 1988), and labels in their headers."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from superb_lite.errors import SuperbLiteError
from superb_lite.paths import read_utf8
from superb_lite_sequence.written import check_symbols, normalised

LARGEST = 2**30
"""The largest file in bytes: all of it is held in memory."""


class Record(NamedTuple):
    """A record of a FASTA file."""

    id: str
    """The first word of its header, which no other record has."""

    line: int
    """Where its header stands, from 1."""

    description: str
    """What follows the id."""

    sequence: str
    """As `normalised` writes it."""


def read_fasta(path: Path) -> tuple[Record, ...]:
    """The records of a FASTA file in UTF-8, with or without a byte order mark, and with line ends of any kind.

    Empty lines and lines that begin with `;` are left out, and so are those with `#` before the first record.

    Raises `SuperbLiteError`, naming file, record and column, for what cannot be read.
    """
    heads: dict[str, tuple[int, str]] = {}
    parts: dict[str, list[str]] = {}
    text = read_utf8(path, limit=LARGEST).replace("\r\n", "\n").replace("\r", "\n")
    name = ""
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.rstrip(" \t")
        if not line or line.startswith(";") or (not heads and line.startswith("#")):
            continue
        if line.startswith(">"):
            name, _, description = line[1:].strip().replace("\t", " ").partition(" ")
            if not name:
                raise SuperbLiteError(f"'{path}', line {number}: a record without an id: write it behind the '>'")
            if name in heads:
                raise SuperbLiteError(
                    f"'{path}', line {number}: record '{name}' stands in line {heads[name][0]} already: "
                    "ids are different"
                )
            heads[name], parts[name] = (number, description.strip()), []
        elif not heads:
            raise SuperbLiteError(f"'{path}', line {number}: no FASTA file: it must begin with a header, as in '>id'")
        else:
            check_symbols(line, f"'{path}', record '{name}' (line {number})")
            parts[name].append(line)
    if not heads:
        raise SuperbLiteError(f"'{path}' holds no record")
    sequences = {f"record '{name}' (line {heads[name][0]})": "".join(lines) for name, lines in parts.items()}
    read = normalised(path, sequences).values()
    return tuple(Record(name, *heads[name], sequence) for name, sequence in zip(heads, read, strict=True))
