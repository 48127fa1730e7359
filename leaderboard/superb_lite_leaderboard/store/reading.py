"""Reading many rows, each at most once, and going on where a damaged one is met.

A query over many rows ends at the first that SQLite cannot read: a page that was overwritten, or a value of a type that
the column does not have. The rows are then read one by one, and those that cannot be read are left out and said.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, func, inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from superb_lite.errors import SuperbLiteError
from superb_lite.metrics.statistics import Sample
from superb_lite_leaderboard.entry import Entry, Event, Measured, Tables
from superb_lite_leaderboard.store.models import Base, ClustersRow, EntryRow, EventRow, ResultRow
from superb_lite_leaderboard.store.rows import read_clusters, read_entry, read_event, read_sample
from superb_lite_leaderboard.store.seals import entry_checksum, lost_entries

AT_ONCE = 500
"""Rows that a query asks for by their numbers; databases limit the length of such a list."""

_HEAVY = (ResultRow.payload, ResultRow.pseudo_values)

Found = tuple[list[Entry], list[str]]
"""Entries, and one line for everything that is damaged."""


def read_entries(session: Session, tables: Tables, *where: Any, newest: bool = False) -> Found:
    """Entries with their results, in the order they were submitted.

    where: conditions on `EntryRow`. newest: of each name only the newest version that is not withdrawn.
    """
    notes: list[str] = []
    rows = _rows(session, EntryRow, notes, *where)
    if not where:
        notes += [line] if (line := lost_entries(session, len(rows))) else []
    if newest:
        whole = [row for row in rows if row.checksum == entry_checksum(row)]
        numbers = {row.id for row in whole}
        standing = sorted((row for row in whole if not row.withdrawn), key=lambda row: row.version)
        kept = {row.name: row.id for row in standing}
        # What is damaged is named when it is read.
        rows = [row for row in rows if row.id not in numbers or kept.get(row.name) == row.id]
    of_entry: dict[int, list[Any]] = {}
    for result in _of_entries(session, [row.id for row in rows], notes):
        of_entry.setdefault(result.entry_id, []).append(result)
    entries = []
    for row in rows:
        try:
            entry, damaged = read_entry(row, sorted(of_entry.get(row.id, ()), key=lambda each: each.id), tables)
        except SuperbLiteError as error:
            notes.append(str(error))
            continue
        entries.append(entry)
        notes += damaged
    return sorted(entries, key=lambda entry: (entry.submitted, entry.id)), notes


def read_events(session: Session, entries: Sequence[Entry]) -> dict[int, list[Event]]:
    """What happened to entries, by their numbers, the earliest first; what is damaged is left out."""
    found: dict[int, list[Event]] = {}
    for numbers in _chunks([entry.id for entry in entries]):
        for row in _rows(session, EventRow, [], EventRow.entry_id.in_(numbers)):
            found.setdefault(row.entry_id, []).append(read_event(row))
    # Those that came from another board were written later.
    return {number: sorted(events, key=lambda event: event.at) for number, events in found.items()}


def read_samples(session: Session, results: Sequence[Measured]) -> list[Sample | SuperbLiteError]:
    """The tables behind scores; see `Tables.samples`."""
    rows: dict[int, Any] = {}
    clusters: dict[str, tuple[str, ...]] = {}
    columns = (
        ResultRow.id,
        ResultRow.result_sha256,
        ResultRow.clusters,
        ResultRow.pseudo_values,
        ResultRow.pseudo_values_sha256,
    )
    for numbers in _chunks([result.id for result in results]):
        rows |= {row.id: row for row in _by_id(session, columns, numbers)}
    for numbers in _chunks(sorted({row.clusters for row in rows.values() if isinstance(row.clusters, str)})):
        for row in _by_id(session, (ClustersRow.sha256, ClustersRow.ids), numbers):
            if ids := read_clusters(row):
                clusters[row.sha256] = ids
    return [read_sample(rows.get(result.id), result, clusters) for result in results]


def _of_entries(session: Session, numbers: Sequence[int], notes: list[str]) -> Iterator[Row[Any]]:
    """The results of entries, without what is large in them."""
    for chunk in _chunks(numbers):
        yield from _rows(session, ResultRow, notes, ResultRow.entry_id.in_(chunk))


def _rows(session: Session, table: type[Base], notes: list[str], *where: Any) -> list[Row[Any]]:
    """The rows of a table that can be read, by their numbers."""
    columns = [column for column in inspect(table).attrs if not hasattr(column, "mapper")]
    wanted = [getattr(table, column.key) for column in columns]
    wanted = [column for column in wanted if not any(column is heavy for heavy in _HEAVY)]
    number = table.__table__.c.id
    try:
        return list(session.execute(select(*wanted).where(*where).order_by(number)).all())
    except (DBAPIError, TypeError, ValueError) as error:
        _check_damage(error)
    found: list[Row[Any]] = []
    for one in range(1, 1 + session.execute(select(func.max(number))).scalar_one()):
        try:
            found += session.execute(select(*wanted).where(number == one, *where)).all()
        except (DBAPIError, TypeError, ValueError) as error:
            _check_damage(error)
            note = f"row {one} of {table.__tablename__} is damaged: bring back a copy of the file"
            notes += [note] if note not in notes else []
    return found


def _by_id(session: Session, columns: Sequence[Any], numbers: Sequence[Any]) -> Iterator[Row[Any]]:
    """Rows by the first of `columns`, which is the primary key, as far as they can be read."""
    try:
        yield from session.execute(select(*columns).where(columns[0].in_(numbers))).all()
        return
    except (DBAPIError, TypeError, ValueError) as error:
        _check_damage(error)
    for number in numbers:
        try:
            yield from session.execute(select(*columns).where(columns[0] == number)).all()
        except (DBAPIError, TypeError, ValueError) as error:
            _check_damage(error)


def _check_damage(error: Exception) -> None:
    """Raise what is not damage of single rows: a lock, a server that went away, a file that is no database."""
    if isinstance(error, DBAPIError):
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        if code not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR):
            raise error


def _chunks(numbers: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(numbers), AT_ONCE):
        yield numbers[start : start + AT_ONCE]
