"""Database: a SQLAlchemy engine whose transactions begin as they should, and which can name itself in an error."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, SAWarning
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.paths import make_dir
from superb_lite_leaderboard.store.files import delete_unfinished, move_to_free_place, unfinished
from superb_lite_leaderboard.store.urls import DRIVER, SCHEME, parse, secrets, sqlite_file, without_secrets

WRITER_SECONDS = 60.0
"""How long a writer waits for another one."""

READER_SECONDS = 5.0
"""How long a reader waits. A writer keeps readers out for moments only, so that a longer lock is another program's."""

_WRITE_LOCK = 0x5375_7065_7242
"""The number of the advisory lock that writers take on PostgreSQL."""

T = TypeVar("T")


class Database:
    """A database that is named by a path or a URL.

    A `Path` is a SQLite file, and so is a string, unless it begins with "SCHEME://": that is a URL of SQLite or
    PostgreSQL as SQLAlchemy reads them. Nothing that is printed holds a password.
    """

    def __init__(self, url: str | Path) -> None:
        parsed = parse(url)
        self._label = without_secrets(parsed).render_as_string(hide_password=True)
        self._secrets = secrets(parsed)
        self.path = sqlite_file(parsed)
        self._shown_path = url if isinstance(url, Path) or not SCHEME.match(url) else self.path
        try:
            self._engine = _engine(parsed, poolclass=_pool(parsed, self.path))
        except ModuleNotFoundError as error:
            install = "'superb-lite[postgres]'" if parsed.drivername == DRIVER else error.name
            raise SuperbLiteError(
                f"board '{self._label}' needs the package '{error.name}': pip install {install}"
            ) from None
        except (ArgumentError, NoSuchModuleError, SAWarning, TypeError, ValueError) as error:
            raise SuperbLiteError(f"board '{self._label}' is not a usable URL: {self._clean(error)}") from None

    def __str__(self) -> str:
        return f"board '{self._label if self._shown_path is None else self._shown_path}'"

    def exists(self) -> bool:
        """Whether there is anything to read."""
        return self.path is None or self.path.exists()

    def check_file(self) -> None:
        """Raise `SuperbLiteError` where the file of a SQLite database is none."""
        if self.path is None or not self.path.exists():
            return
        if not self.path.is_file():
            raise SuperbLiteError(f"{self} is not a file that can hold a board")
        if self.path.stat().st_size == 0:
            raise SuperbLiteError(f"{self} is not a board: the file is empty; delete it, or bring back a copy")

    def check_pages(self) -> None:
        """Raise `SuperbLiteError` where SQLite finds damage in its file, to which nothing should be added."""
        if self.path is None or not self.path.exists():
            return
        found = self.read(lambda session: session.connection().exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
        if found != "ok":
            raise SuperbLiteError(f"{self} is damaged ({one_line(found, 100)}): bring back a copy of it")

    def read(self, work: Callable[[Session], T]) -> T:
        """What `work` returns, called within one transaction that sees one state of the database."""
        with self.errors(), self._session(self._engine, READER_SECONDS, write=False) as session:
            return work(session)

    def write(self, work: Callable[[Session], T], *, patience: float = WRITER_SECONDS) -> T:
        """What `work` returns, called within one transaction that holds the write lock from its beginning.

        The file of a new SQLite database is built beside its place and moved there when the transaction is committed,
        so that nobody meets a half-made one and a refusal leaves nothing. `work` is called again where another process
        was faster. What a process that was killed meanwhile left is deleted the next time.

        patience: how many seconds to wait for another writer.
        """
        with self.errors():
            if self.path is not None:
                delete_unfinished(self.path)
            if self.path is not None and not self.path.exists():
                make_dir(self.path.parent)
                with unfinished(self.path) as directory:
                    made = directory / self.path.name
                    engine = _engine(URL.create("sqlite", database=str(made)), poolclass=NullPool)
                    with self._session(engine, patience, write=True) as session:
                        found = work(session)
                    if move_to_free_place(made, self.path):
                        return found
            with self._session(self._engine, patience, write=True) as session:
                return work(session)

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Inside, whatever the database reports is one line that names it and holds no password."""
        try:
            yield
        except IntegrityError as error:
            raise SuperbLiteError(f"{self} was changed at the same moment: submit again") from error
        except DBAPIError as error:
            if _is_locked(error.orig):
                raise SuperbLiteError(f"{self} is locked by another program: try again, or end that program") from error
            raise SuperbLiteError(f"{self}: {self._clean(error.orig)}") from error
        except OSError as error:
            raise SuperbLiteError(f"{self}: {error.strerror or error}") from error

    @contextmanager
    def _session(self, engine: Engine, patience: float, *, write: bool) -> Iterator[Session]:
        try:
            options = {"superb_lite_write": write, "superb_lite_milliseconds": int(1000 * patience)}
            with Session(engine.execution_options(**options)) as session, session.begin():
                session.connection()
                yield session
        except TypeError as error:  # an argument of the URL that the driver does not know
            if "keyword argument" not in str(error):
                raise
            raise SuperbLiteError(f"{self} is not a usable URL: {self._clean(error)}") from None

    def _clean(self, error: object) -> str:
        """The message of a driver, which may quote what it was given."""
        text = " ".join(str(error).split())
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


def _engine(url: URL, **options: Any) -> Engine:
    with warnings.catch_warnings():
        warnings.simplefilter("error", SAWarning)  # what it would leave out of a URL and go on
        # Boards of older schemas have results in columns of type JSON, which stay the texts that they are.
        engine = create_engine(url, json_serializer=_as_it_is, json_deserializer=_as_it_is, **options)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _leave_transactions_to_us)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def _pool(url: URL, path: Path | None) -> type[NullPool] | None:
    """Connections are opened anew, so that a process that forks shares none; one in memory would be lost with them."""
    return NullPool if path is not None or url.get_backend_name() != "sqlite" else None


def _as_it_is(text: T) -> T:
    return text


def _leave_transactions_to_us(connection: Any, record: object) -> None:
    # The driver would begin late, after the first reads; two submissions could then both read and neither write.
    connection.isolation_level = None
    # A damaged byte makes a text that is not UTF-8; checksums tell, and the other rows are read.
    connection.text_factory = _decoded


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")


def _options(connection: Connection) -> tuple[bool, int]:
    """Whether a transaction writes, and how many milliseconds it waits for others."""
    options = connection.get_execution_options()
    return bool(options.get("superb_lite_write")), int(options.get("superb_lite_milliseconds", 0))


def _begin_sqlite(connection: Connection) -> None:
    write, milliseconds = _options(connection)
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {milliseconds}")
    connection.exec_driver_sql("PRAGMA foreign_keys = ON")
    if write:
        connection.exec_driver_sql("PRAGMA synchronous = FULL")
        # A board is one file that can be copied, also where somebody had turned the write-ahead log on.
        if connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal":
            connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    write, milliseconds = _options(connection)
    if not write:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")
    # One writer at a time, as in SQLite; what is read afterwards is what the writer before committed.
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})")


def _is_locked(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return getattr(error, "sqlstate", None) == "55P03"  # lock_not_available
