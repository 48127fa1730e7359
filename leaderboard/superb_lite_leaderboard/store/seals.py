"""Checksums of rows, which tell that one was edited, damaged, moved or lost after it was stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from superb_lite.errors import NAME_LIMIT, SuperbLiteError, one_line
from superb_lite.surrogates import hashed_bytes
from superb_lite_leaderboard.store.models import BoardRow, EntryRow, MetaRow, ResultRow, storable

ENTRIES, BOARD = "entries", "board"
"""Keys of `MetaRow`."""

_OF_RESULT = (
    *("entry_id", "task", "protocol", "tier", "own_code", "result_sha256"),
    *("clusters", "clusters_sha256", "n_clusters", "pseudo_values_sha256"),
)
_OF_ENTRY = ("name", "version", "submitted", "withdrawn", "about", "n_results")


def row_checksum(row: ResultRow | Row[Any]) -> str:
    """Of what is read for every row of a board. `result_sha256` tells whether the rest is as it was."""
    fields = [getattr(row, name) for name in _OF_RESULT]
    return hashlib.sha256(hashed_bytes(f"{_json(fields)}\n{row.measured}")).hexdigest()


def entry_checksum(row: EntryRow | Row[Any]) -> str:
    """Of an entry without its results, whose checksums name the entry."""
    return hashlib.sha256(hashed_bytes(_json(getattr(row, name) for name in _OF_ENTRY))).hexdigest()


def seal(entry: EntryRow, results: Iterable[ResultRow] = ()) -> None:
    """Write the checksums of an entry that was changed, and of those of its results that are new; all are flushed."""
    for row in results:
        row.checksum = row_checksum(row)
    entry.n_results = len(entry.results)
    entry.checksum = entry_checksum(entry)


def check_sealed(row: EntryRow | Row[Any]) -> None:
    """Raise `SuperbLiteError` for an entry that is not as it was stored."""
    if row.checksum != entry_checksum(row):
        raise SuperbLiteError(f"entry '{one_line(row.name, NAME_LIMIT)}' is damaged: bring back a copy of the board")


def seal_board(session: Session, board: BoardRow) -> None:
    """Write down what the board ranks by, and how many entries there are."""
    session.flush()
    number = session.scalar(select(func.count()).select_from(EntryRow))
    session.merge(MetaRow(key=ENTRIES, value=str(number)))
    session.merge(MetaRow(key=BOARD, value=board_checksum(board)))


def board_checksum(board: BoardRow) -> str:
    """Of what a board ranks by."""
    fields = [board.name, board.version, board.columns]
    return hashlib.sha256(hashed_bytes(_json(fields))).hexdigest()


def lost_entries(session: Session, found: int) -> str:
    """A line that says how many entries were lost; empty where as many were `found` as were stored."""
    stored = session.scalar(select(MetaRow.value).where(MetaRow.key == ENTRIES))
    if stored is None or stored == str(found):
        return ""
    return f"{found} entries can be found, but {one_line(stored, 20)} were stored: bring back a copy of the board"


def _json(fields: Iterable[Any]) -> str:
    """Fields as a database gives them back; of what is damaged, any text."""
    return json.dumps([storable(field) if isinstance(field, str) else field for field in fields], default=repr)
