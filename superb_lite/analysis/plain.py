"""Parts of findings as plain values, and the names that they may have."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from superb_lite.analysis.findings import Cell

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

_CODED = re.compile(r"u[0-9a-f]{2,6}")
"""How a letter that is not ASCII stands in a name: its code point."""

_MARK = re.compile(r"x[0-9a-f]{16}")
"""How the hash stands in a name that does not say all by itself."""

_LONGEST = 80
"""Characters of what stands before the hash, or of a name without one."""


def fields_of(value: Any, *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of a dataclass, with lists in the place of tuples. without: names of fields that are left out."""
    found = {each.name: getattr(value, each.name) for each in dataclasses.fields(value) if each.name not in without}
    return {
        name: [list(row) if isinstance(row, tuple) else row for row in part] if isinstance(part, tuple) else part
        for name, part in found.items()
    }


def check_name(name: str) -> None:
    """Raises ValueError for a name that no file could have."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"a name is made of lower-case letters, digits and hyphens: '{name}' is not")


def safe_name(*parts: str) -> str:
    """Texts that may hold anything, as modalities of plugins or words, as a name that every file system takes.

    Letters and digits of ASCII stay, other letters become their code points, and all else a hyphen: "text", "bat" and
    "\u679c" are "text-bat-u679c". Where that could be said of other texts, too, a hash of them follows, so that no two
    lists of texts have one name.
    """
    coded = " ".join("".join(c if c.isascii() else f" u{ord(c):x} " for c in part.lower()) for part in parts)
    pieces = re.findall(r"[a-z0-9]+", coded)
    name = "-".join(pieces)
    marked = any(_MARK.fullmatch(piece) for piece in pieces)
    if not marked and len(name) <= _LONGEST and [_decoded(piece) for piece in pieces] == list(parts):
        return name
    digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
    return "-".join(part for part in (name[:_LONGEST].strip("-"), f"x{digest}") if part)


def _decoded(piece: str) -> str:
    """What a piece of a name stands for where nothing was lost."""
    return chr(int(piece[1:], 16)) if _CODED.fullmatch(piece) and int(piece[1:], 16) < 0x110000 else piece


def distinct(names: Iterable[str]) -> set[str]:
    """The names; raises ValueError where one of them comes twice."""
    found: set[str] = set()
    for name in names:
        if name in found:
            raise ValueError(f"'{name}' is the name of two parts of one section")
        found.add(name)
    return found


def plain(cell: Any) -> Cell:
    """A cell as JSON has it: no numbers of numpy, and None for what is not finite."""
    if isinstance(cell, np.generic):
        cell = cell.item()
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    if cell is not None and not isinstance(cell, str | int | float | bool):
        raise TypeError(f"a {type(cell).__name__} cannot stand in a table")
    return cell
