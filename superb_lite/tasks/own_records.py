"""Labelled records of tables and archives that others write, whatever their modality: what they have in common.

How a modality's items lie there is `superb_lite.modality.OwnCells`. Items stay where they are and are read one by one.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.imports import resolve
from superb_lite.surrogates import first_surrogate
from superb_lite.tasks.lazy_items import LazyItems
from superb_lite.tasks.own_split import Row
from superb_lite.tasks.own_tasks import own_task
from superb_lite.tasks.task import Task

if TYPE_CHECKING:
    from superb_lite.modality import OwnCells

SPLITS = {"train": "train", "val": "val", "validation": "val", "dev": "val", "test": "test"}
"""What parts of a split are called, and the part that each is."""


@dataclass(frozen=True)
class Record:
    """One labelled example as it was read."""

    id: str
    """Unique; also how errors name it."""

    contents: tuple[bytes, ...]
    """What its one or two items are, as they lie there."""

    sources: tuple[Any, ...]
    """Where each of them can be found again."""

    label: str | float

    part: str = ""
    """One of the values of `SPLITS`, or empty where no split is given."""


def cells() -> dict[str, OwnCells]:
    """By modality how its items lie in tables and archives, of those that say so."""
    return {name: m.own_cells for name, m in plugins.modalities().items() if m.own_cells is not None}


def columns_of(present: Sequence[str], where: str) -> tuple[str, tuple[str, ...]]:
    """The modality whose column a table has, and its one or two columns.

    Raises `SuperbLiteError`, listing the columns, where there is none, or several modalities have one.
    """
    known = cells()
    found: list[tuple[str, tuple[str, ...]]] = []
    for modality, own in known.items():
        pair = (f"{own.column}_a", f"{own.column}_b")
        if own.as_text and set(pair) <= set(present):
            found.append((modality, pair))
        elif own.column in present:
            found.append((modality, (own.column,)))
    if len(found) != 1 or "label" not in present:
        names = sorted(
            own.column + (f" (or {own.column}_a and {own.column}_b)" if own.as_text else "") for own in known.values()
        )
        raise SuperbLiteError(
            f"{where}: the columns must be label and one of {', '.join(names)}; they are "
            f"{one_line(', '.join(present), 100) or 'none'}"
        )
    return found[0]


def content_of(cell: Any, where: str) -> bytes:
    """The bytes of a cell: a text, bytes, or the {"bytes": ..., "path": ...} that the library datasets writes."""
    if isinstance(cell, Mapping) and "bytes" in cell:
        if cell["bytes"] is None and cell.get("path"):
            raise SuperbLiteError(f"{where}: it holds the path of a file, not its bytes: write the bytes into it")
        cell = cell["bytes"]
    if isinstance(cell, str):
        if half := first_surrogate(cell):
            raise SuperbLiteError(f"{where}: half a surrogate pair (U+{ord(half):04X})")
        cell = cell.strip().encode()
    if not isinstance(cell, bytes):
        raise SuperbLiteError(f"{where}: {type(cell).__name__} instead of text or bytes")
    if not cell:
        raise SuperbLiteError(f"{where}: it is empty")
    return cell


def label_of(value: Any, where: str) -> str | float:
    """A class by its name, or a number to predict where it is a fraction."""
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, str | int) and (word := str(value).strip()) and not first_surrogate(word):
        return word
    raise SuperbLiteError(f"{where}: '{one_line(str(value), 40)}' is no label: a word, a whole number or a fraction")


def part_of(value: Any, where: str) -> str:
    """The part of a split by any of its names."""
    if not isinstance(value, str) or value not in SPLITS:
        raise SuperbLiteError(f"{where}: '{one_line(str(value), 40)}' is not one of {', '.join(SPLITS)}")
    return SPLITS[value]


def records_task(
    name: str, path: Path, *, modality: str, records: Iterable[Record], load: Callable[[Any], bytes]
) -> Task:
    """The task on records, which are read once for their hashes and never held; see `own_task`.

    load: a source to the content that was there.
    """
    own = cells()[modality]
    rows: list[Row] = []
    sources: dict[str, tuple[str, Any]] = {}
    for record in records:
        keys = (record.id,) if len(record.contents) == 1 else (f"{record.id}-a", f"{record.id}-b")
        sources.update((key, (key, source)) for key, source in zip(keys, record.sources, strict=True))
        digest = hashlib.sha256(b"\0".join(hashlib.sha256(c).digest() for c in record.contents)).hexdigest()
        rows.append(Row(record.id, keys, digest, record.label, record.part))
    if not rows:
        raise SuperbLiteError(f"'{path}' holds no records")
    if len({type(row.label) for row in rows}) > 1:
        raise SuperbLiteError(f"'{path}': some labels are fractions and others are not: write all of them alike")
    if len({bool(row.part) for row in rows}) > 1:
        raise SuperbLiteError(f"'{path}': some records have a part of the split and others have none")
    read = resolve(own.read)
    items = LazyItems(sources, lambda source: read(f"{path}, {source[0]}", load(source[1])))
    return own_task(name, path, modality=modality, rows=rows, items=items, noun=own.noun)
