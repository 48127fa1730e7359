"""Bringing a board that an older version wrote to the present schema, in place, with a backup copy first."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateColumn

from superb_lite.errors import SuperbLiteError
from superb_lite.paths import follow_umask
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.board import BUILT_IN, board_of
from superb_lite_leaderboard.database import Database
from superb_lite_leaderboard.models import SCHEMA_VERSION, Base, MetaRow, ResultRow
from superb_lite_leaderboard.rows import board_row, parse

OLD = "2"
"""The schema version that is brought to `SCHEMA_VERSION`."""

_DROPPED = ("predictions", "cluster_index")


def migrate(database: Database) -> Path | None:
    """Bring a board of schema version `OLD` to `SCHEMA_VERSION` in one transaction.

    Returns the backup copy, "FILE.schema-2", which a SQLite file gets first; None for other databases.
    """
    backup = None if database.path is None else _backup(database.path)
    database.write(_migrate)
    return backup


def _migrate(session: Session) -> None:
    schema = session.get(MetaRow, "schema")
    if schema is None or schema.value != OLD:
        return  # another process was faster
    Base.metadata.create_all(session.connection())
    _add_checksums(session)
    rows = session.scalars(select(ResultRow).order_by(ResultRow.id)).all()
    for row in rows:
        row.payload = _payload(row.payload)
        with contextlib.suppress(SuperbLiteError):  # what is damaged is named when it is read
            row.checksum = parse(row.payload).checksum()
    board = session.get(MetaRow, "board")
    if board is not None:
        columns = tuple(dict.fromkeys((row.task, row.protocol) for row in rows))
        session.merge(board_row(_board(board.value, columns)))
        session.delete(board)
    schema.value = SCHEMA_VERSION


def _add_checksums(session: Session) -> None:
    """Add the column that version 2 did not have."""
    column = ResultRow.__mapper__.columns["checksum"]
    definition = CreateColumn(column).compile(session.connection())
    session.execute(text(f"ALTER TABLE {ResultRow.__tablename__} ADD COLUMN {definition}"))


def _payload(stored: str) -> str:
    """A result as it is written now; what is damaged stays as it is, and reading says so."""
    try:
        values = json.loads(stored)
        values = {key: value for key, value in values.items() if key not in _DROPPED}
    except (AttributeError, TypeError, ValueError, RecursionError):
        return stored
    return json.dumps({"architecture": None, **values}, ensure_ascii=False)


def _board(name: str, columns: Sequence[tuple[str, str]]) -> Board:
    """The board that version 2 knew by its name alone, which was a list of names joined by spaces.

    Where names with spaces leave open which list that was, or are not known any more, the columns are those that
    the entries have.
    """
    if name in BUILT_IN:
        return BUILT_IN[name]
    words = name.split(" ")
    for joined in itertools.product((False, True), repeat=min(len(words) - 1, 10)):
        names = [words[0]]
        for word, with_last in itertools.zip_longest(words[1:], joined, fillvalue=False):
            if with_last:
                names[-1] = f"{names[-1]} {word}"
            else:
                names.append(str(word))
        try:
            found = board_of(names)
        except SuperbLiteError:
            continue
        if set(columns) <= set(found.columns):
            return found
    return Board(name, 1, tuple(columns))


def _backup(path: Path) -> Path:
    """A copy that is complete even while others write."""
    copy = path.with_name(f"{path.name}.schema-{OLD}")
    if copy.exists():
        return copy
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{copy.name}.")
    os.close(handle)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(temporary)) as target:
            source.backup(target)
        follow_umask(Path(temporary))
        os.replace(temporary, copy)
    except (OSError, sqlite3.Error) as error:
        Path(temporary).unlink(missing_ok=True)
        raise SuperbLiteError(
            f"board '{path}' is of schema version {OLD} and cannot be copied before it is brought to "
            f"{SCHEMA_VERSION}: {error}"
        ) from None
    return copy
