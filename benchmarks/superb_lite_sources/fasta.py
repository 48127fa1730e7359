"""FASTA files that packages carry: pinned to their content, so that nothing in them needs to be refused."""

from __future__ import annotations

import gzip
from pathlib import Path


def records(path: Path) -> list[tuple[str, str]]:
    """(header without ">", sequence) of each record, in the order of the file, which may be compressed by gzip."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("ascii")
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith(">"):
            found.append((line[1:], []))
        elif line and not line.startswith("#"):
            found[-1][1].append(line)
    return [(header, "".join(lines)) for header, lines in found]
