"""Leaderboard: entries in a database, a SQLite file unless a URL says otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session, selectinload

from superb_lite.errors import SuperbLiteError
from superb_lite.paths import make_dir
from superb_lite.results.result import Result
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.board import BUILT_IN, CORE, Column, board_of, resolve_columns
from superb_lite_leaderboard.database import Database
from superb_lite_leaderboard.entry import Entry
from superb_lite_leaderboard.models import SCHEMA_VERSION, Base, EntryRow, MetaRow, ResultRow
from superb_lite_leaderboard.ranking import Standings, rank
from superb_lite_leaderboard.submission import check_name, check_results, check_same_data, clusters_hash


class Leaderboard:
    """Entries, ranked by a board.

    url: the path of a SQLite file, or any SQLAlchemy URL. Nothing is created before the first entry is submitted.
    board: by default the one that the file was made for, or of a new file the core board.

    Every method raises `SuperbLiteError` (one line that names the file) when the database cannot be read or written. An
    entry is stored in one transaction, so an interruption or a full disk leaves the board as it was.
    """

    def __init__(self, url: str | Path, board: Board | None = None) -> None:
        self._database = Database(str(url))
        self._given = board

    @cached_property
    def board(self) -> Board:
        """What it ranks by. Raises `SuperbLiteError` where the file was made for another board than was given."""
        stored = self._stored_name()
        if self._given is not None and stored not in (None, self._given.name):
            raise SuperbLiteError(f"{self._database} ranks by '{stored}', not by '{self._given.name}': take a new file")
        if self._given is not None or stored is None:
            return self._given or CORE
        return BUILT_IN.get(stored) or board_of(stored.split(" "))

    def _stored_name(self) -> str | None:
        if not self._database.exists():
            return None
        with self._session(write=False) as session:
            if not inspect(session.connection()).has_table(MetaRow.__tablename__):
                return None
            found = session.get(MetaRow, "board")
            return None if found is None else found.value

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the board with their tasks and scales."""
        return resolve_columns(self.board)

    def check_submission(self, name: str, *, replace: bool) -> None:
        """Raise `SuperbLiteError`, before anything is computed, if an entry of this name could not be stored."""
        check_name(name)
        with self._session(write=True) as session:
            self._check_free(session, name, replace=replace)

    def _check_free(self, session: Session, name: str, *, replace: bool) -> EntryRow | None:
        """The entry that would be replaced, if there is one."""
        old = session.scalar(select(EntryRow).where(EntryRow.name == name))
        if old is not None and not replace:
            raise SuperbLiteError(f"{self._database} has an entry '{name}' already: add --replace or take another name")
        return old

    def submit(self, name: str, results: Sequence[Result], replace: bool = False) -> None:
        """Store one entry of at most one encoder a modality.

        Columns may be missing; the entry then has no score for that modality, and none overall.

        Raises:
            SuperbLiteError: the name is taken and `replace` is False; two encoders of one modality; a result of another
                task version, with a limit, with a score that is not a number, off the board, or measured on other data
                than the entries on the board.
        """
        check_name(name)
        check_results(results, self.board, self.columns)
        with self._session(write=True) as session:
            session.merge(MetaRow(key="board", value=self.board.name))
            old = self._check_free(session, name, replace=replace)
            if old is not None:
                session.delete(old)
                session.flush()
            for result in results:
                self._check_comparable(session, result)
            submitted = datetime.now(UTC).isoformat(timespec="seconds")
            session.add(EntryRow(name=name, submitted=submitted, results=[_to_row(result) for result in results]))

    def entries(self) -> tuple[Entry, ...]:
        """All entries in the order they were submitted."""
        if not self._database.exists():
            return ()
        with self._session(write=False) as session:
            if not inspect(session.connection()).has_table(EntryRow.__tablename__):
                return ()
            rows = session.scalars(select(EntryRow).options(selectinload(EntryRow.results)).order_by(EntryRow.id))
            return tuple(
                Entry(
                    row.name, row.submitted, tuple(Result.model_validate_json(result.payload) for result in row.results)
                )
                for row in rows
            )

    def standings(self) -> Standings:
        """The ranked rows as values, with everything that the page and the terminal table show."""
        return rank(self.entries(), self.board, self.columns)

    def rows(self) -> list[dict[str, Any]]:
        """The ranked rows as plain JSON values; see `superb_lite_leaderboard.ranking.Row.to_dict`."""
        return [row.to_dict() for row in self.standings().rows]

    @contextmanager
    def _session(self, *, write: bool) -> Iterator[Session]:
        """One transaction, committed at the end; whatever the database reports is one line."""
        if write and self._database.path is not None:
            make_dir(self._database.path.parent)
        try:
            with Session(self._database.engine(write=write)) as session, session.begin():
                self._check_schema(session, create=write)
                yield session
        except IntegrityError as error:
            raise SuperbLiteError(f"{self._database} was changed at the same moment: submit again") from error
        except DBAPIError as error:
            raise SuperbLiteError(f"{self._database}: {' '.join(str(error.orig).split())}") from error

    def _check_schema(self, session: Session, *, create: bool) -> None:
        connection = session.connection()
        tables = inspect(connection).get_table_names()
        if MetaRow.__tablename__ not in tables:
            if tables and self._database.path is not None:
                raise SuperbLiteError(f"{self._database} is a database, but not a leaderboard")
            if create:
                Base.metadata.create_all(connection)
                session.add(MetaRow(key="schema", value=SCHEMA_VERSION))
            return
        found = session.get(MetaRow, "schema")
        if found is None or found.value != SCHEMA_VERSION:
            version = "none" if found is None else found.value
            raise SuperbLiteError(
                f"{self._database} has schema version {version}, but this superb_lite reads {SCHEMA_VERSION}: "
                "use the version that wrote it, or a new file"
            )

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


def _to_row(result: Result) -> ResultRow:
    return ResultRow(
        task=result.task,
        protocol=result.protocol,
        task_version=result.task_version,
        data_sha256=result.data_sha256,
        clusters_sha256=clusters_hash(result),
        payload=result.model_dump_json(),
    )
