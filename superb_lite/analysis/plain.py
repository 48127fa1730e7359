"""Parts of findings as plain values, and the names that they may have."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from superb_lite.analysis.findings import Cell

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


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
