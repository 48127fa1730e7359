"""Leaderboard: entries in a database, a SQLite file unless a URL says otherwise."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, selectinload

from superb_lite.errors import NAME_LIMIT, SuperbLiteError, one_line
from superb_lite.results.result import Result
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard import migration
from superb_lite_leaderboard.board import CORE, Column, resolve_columns
from superb_lite_leaderboard.database import Database
from superb_lite_leaderboard.entry import Entry
from superb_lite_leaderboard.models import SCHEMA_VERSION, Base, BoardRow, EntryRow, MetaRow, ResultRow
from superb_lite_leaderboard.ranking import Standings, rank
from superb_lite_leaderboard.rows import belongs_to, board_from, board_row, read_entry, result_row
from superb_lite_leaderboard.submission import check_name, check_results, check_same_data

T = TypeVar("T")

Found = Sequence[tuple[Entry, tuple[str, ...]]]
"""Entries, each with one line for every result of it that is damaged."""


class Leaderboard:
    """Entries, ranked by a board.

    url: the path of a SQLite file, or any SQLAlchemy URL (see `Database`). Nothing is created before `create` or the
        first entry. A file of an older schema is brought to the present one when it is opened, with a backup first.
    board: by default the one that the file was made for, or of a new file the core board.

    Every method raises `SuperbLiteError` (one line that names the file) when the database cannot be read or written. An
    entry is stored in one transaction, so an interruption or a full disk leaves the board as it was.
    """

    def __init__(self, url: str | Path, board: Board | None = None) -> None:
        self._database = Database(url)
        self._given = board
        self._checked = False

    def __str__(self) -> str:
        """Which database it is, without a password."""
        return str(self._database)

    def exists(self) -> bool:
        """Whether there is a database to read; always so for one that is no file."""
        return self._database.exists()

    @cached_property
    def board(self) -> Board:
        """What it ranks by. Raises `SuperbLiteError` where the file was made for another board than was given."""
        stored = self._read(self._stored_board, nothing=None)
        if self._given is not None and stored is not None and stored.name != self._given.name:
            raise SuperbLiteError(
                f"{self._database} ranks by '{one_line(stored.name, NAME_LIMIT)}', not by '{self._given.name}': "
                "take a new file"
            )
        return self._given or stored or CORE

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the board with their tasks and scales."""
        return resolve_columns(self.board)

    def create(self) -> Leaderboard:
        """Store the board without an entry, so that others open the file with its columns; returns itself.

        A board that is there already keeps its entries.

        Raises:
            SuperbLiteError: the file was made for another board; a task of the board is not registered.
        """
        resolve_columns(self.board)
        self._write(lambda session: None)
        return self

    def check_submission(self, name: str, *, replace: bool) -> None:
        """Raise `SuperbLiteError`, before anything is computed, if an entry of this name could not be stored."""
        check_name(name)
        self._read(lambda session: self._check_free(session, name, replace=replace), nothing=None)

    def submit(self, name: str, results: Sequence[Result], replace: bool = False) -> None:
        """Store one entry of at most one encoder a modality.

        Columns may be missing; the entry then has no score for that modality, and none overall.

        Raises:
            SuperbLiteError: the name is taken and `replace` is False; two encoders of one modality; a result of another
                task version, with a limit, off the board, or measured on other data than the entries on the board.
        """

        def store(session: Session) -> None:
            old = self._check_free(session, name, replace=replace)
            if old is not None:
                session.delete(old)
                session.flush()
            self._add(session, EntryRow(name=name), results)

        check_name(name)
        check_results(results, self.board, self.columns)
        self._write(store)

    def merge(self, name: str, results: Sequence[Result], *, several: bool = False) -> None:
        """Store results under a name; what its entry holds of other modalities stays.

        several: whether the entry may hold several encoders of a modality, each on tasks of its own.

        Reading and writing are one transaction: two processes that merge at the same time both find their results.

        Raises `SuperbLiteError` as `submit` does, but not for a name that is taken.
        """

        def store(session: Session) -> None:
            entry = session.scalar(select(EntryRow).where(EntryRow.name == name)) or EntryRow(name=name)
            for row in [row for row in entry.results if belongs_to(row, results)]:
                entry.results.remove(row)
            session.flush()
            self._add(session, entry, results)

        check_name(name)
        check_results(results, self.board, self.columns, several=several)
        self._write(store)

    def entries(self) -> tuple[Entry, ...]:
        """All entries in the order they were submitted; results that are damaged are left out."""
        return tuple(entry for entry, _ in self._found())

    def standings(self, board: Board | None = None) -> Standings:
        """The ranked rows as values, with everything that the page and the terminal table show.

        board: rank by its columns, as far as they have results here; None: by those of the board itself.
        """
        found = self._found()
        damaged = tuple(note for _, notes in found for note in notes)
        columns = self.columns if board is None else resolve_columns(board)
        return rank([entry for entry, _ in found], board or self.board, columns, notes=damaged)

    def rows(self) -> list[dict[str, Any]]:
        """The ranked rows as plain JSON values; see `superb_lite_leaderboard.ranking.Row.to_dict`."""
        return [row.to_dict() for row in self.standings().rows]

    def _add(self, session: Session, entry: EntryRow, results: Sequence[Result]) -> None:
        for result in results:
            self._check_comparable(session, result)
        entry.submitted = datetime.now(UTC).isoformat(timespec="seconds")
        entry.results += [result_row(result) for result in results]
        session.add(entry)

    def _check_free(self, session: Session, name: str, *, replace: bool) -> EntryRow | None:
        """The entry that would be replaced, if there is one."""
        old = session.scalar(select(EntryRow).where(EntryRow.name == name))
        if old is not None and not replace:
            raise SuperbLiteError(f"{self._database} has an entry '{name}' already: add --replace or take another name")
        return old

    def _check_comparable(self, session: Session, result: Result) -> None:
        other = session.scalars(
            select(ResultRow)
            .options(selectinload(ResultRow.entry))
            .where(
                ResultRow.task == result.task,
                ResultRow.protocol == result.protocol,
                ResultRow.task_version == result.task_version,
            )
            .limit(1)
        ).first()
        if other is not None:
            check_same_data(result, other.data_sha256, other.clusters_sha256, other.entry.name)

    def _stored_board(self, session: Session) -> Board | None:
        row = session.get(BoardRow, 1)
        try:
            return None if row is None else board_from(row)
        except SuperbLiteError as error:
            raise SuperbLiteError(f"{self._database}: {error}") from None

    def _found(self) -> Found:
        nothing: Found = ()
        return self._read(self._entries, nothing=nothing)

    @staticmethod
    def _entries(session: Session) -> Found:
        rows = session.scalars(select(EntryRow).options(selectinload(EntryRow.results)).order_by(EntryRow.id))
        return [read_entry(row) for row in rows]

    def _read(self, work: Callable[[Session], T], *, nothing: T) -> T:
        """What `work` finds in one transaction; `nothing` where there is no board yet."""
        if not self._database.exists():
            return nothing
        self._check()
        return self._database.read(lambda session: work(session) if self._schema(session) is not None else nothing)

    def _write(self, work: Callable[[Session], None]) -> None:
        """One transaction that stores the board, too."""

        def write(session: Session) -> None:
            if self._schema(session) is None:
                Base.metadata.create_all(session.connection())
                session.add(MetaRow(key="schema", value=SCHEMA_VERSION))
            session.merge(board_row(self.board))
            work(session)

        self._check()
        self._database.write(write)

    def _check(self) -> None:
        """Once: whether the file is sound, and of a schema that is read."""
        if self._checked or not self._database.exists():
            return
        self._database.check_file()
        found = self._database.read(self._schema)
        if found == migration.OLD:
            backup = migration.migrate(self._database)
            kept = "" if backup is None else f"; as it was: {backup}"
            print(
                one_line(f"superb-lite: brought {self._database} to schema version {SCHEMA_VERSION}{kept}"),
                file=sys.stderr,
            )
        elif found not in (None, SCHEMA_VERSION):
            raise SuperbLiteError(
                f"{self._database} has schema version {one_line(found, NAME_LIMIT)}, but this superb_lite reads "
                f"{SCHEMA_VERSION}: use the version that wrote it, or a new file"
            )
        self._checked = True

    def _schema(self, session: Session) -> str | None:
        """The schema version of the database; None where it has no tables yet."""
        tables = inspect(session.connection()).get_table_names()
        if MetaRow.__tablename__ in tables:
            found = session.get(MetaRow, "schema")
            return "none" if found is None else found.value
        if tables and self._database.path is not None:
            raise SuperbLiteError(f"{self._database} is a database, but not a leaderboard")
        return None
