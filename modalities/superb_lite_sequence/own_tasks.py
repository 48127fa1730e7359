"""A person's own labelled sequences as tasks: `fasta:FILE` and `csv:FILE`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.own_split import PARTS, Row
from superb_lite.tasks.own_tasks import own_task
from superb_lite.tasks.task import Task
from superb_lite_sequence.fasta import read_fasta
from superb_lite_sequence.table import read_table

FIELDS = ("label", "value", "group", "split")
"""What may be said of a sequence: its class or a number to predict, what it depends on, and its part."""

_FIELD = re.compile(rf"(?:^|\s)({'|'.join(FIELDS)})=(\S*)")


class Labelled(NamedTuple):
    """A sequence with what is said of it. where: file and record, or file and row."""

    id: str
    where: str
    sequence: str
    said: Mapping[str, str]


def fasta_task(name: str, path: Path) -> Task:
    """The task of `fasta:FILE`: headers such as `>id label=active group=7` or `>id value=1.5 split=test`."""
    found = []
    for record in read_fasta(path):
        where = f"'{path}', record '{record.id}' (line {record.line})"
        fields = _FIELD.findall(record.description)
        said = dict(fields)
        if len(said) != len(fields):
            raise SuperbLiteError(f"{where}: a field stands in its header twice")
        found.append(Labelled(record.id, where, record.sequence, said))
    return _task(name, path, found)


def csv_task(name: str, path: Path) -> Task:
    """The task of `csv:FILE`: columns `sequence`, and `label` or `value`; see `read_table`."""
    found = [Labelled(row.id, f"'{path}', row {row.row}", row.cells["sequence"], row.cells) for row in read_table(path)]
    return _task(name, path, found)


def _task(name: str, path: Path, found: Sequence[Labelled]) -> Task:
    rows = [Row(one.id, (one.id,), one.sequence, _label(one), _part(one), one.said.get("group", "")) for one in found]
    kinds = [isinstance(row.label, str) for row in rows]
    if len(set(kinds)) > 1:
        other = found[kinds.index(not kinds[0])]
        first, second = ("label", "value") if kinds[0] else ("value", "label")
        raise SuperbLiteError(f"{other.where} has a {second}, but {found[0].id!r} has a {first}: one of them for all")
    if parted := [one for one in found if _part(one)]:
        for one in found:
            if not _part(one):
                raise SuperbLiteError(f"{one.where}: no split, but '{parted[0].id}' has one: give all or none")
    items = {one.id: one.sequence for one in found}
    return own_task(name, path, modality="sequence", rows=rows, items=items, noun="sequence")


def _label(one: Labelled) -> str | float:
    """The class, or the number. Raises `SuperbLiteError`, naming the column."""
    label, value = one.said.get("label", ""), one.said.get("value", "")
    if label and value:
        raise SuperbLiteError(f"{one.where}: a label and a value: give one of them, as names or numbers")
    if label:
        return label
    if not value:
        empty = next((f", column '{name}': it is empty" for name in ("label", "value") if name in one.said), "")
        raise SuperbLiteError(f"{one.where}{empty or ': it has no label= and no value='}: every sequence needs one")
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise SuperbLiteError(f"{one.where}, column 'value': '{value}' is not a finite number")
    return number


def _part(one: Labelled) -> str:
    part = one.said.get("split", "")
    if part and part not in PARTS:
        raise SuperbLiteError(f"{one.where}, column 'split': '{part}' is not one of {', '.join(PARTS)}")
    return part
