"""Database: a SQLAlchemy engine whose transactions begin as they should, and which can name itself in an error."""

from __future__ import annotations

import glob
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy.dialects
from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, SAWarning
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.paths import make_dir

BUSY_SECONDS = 60.0
"""How long a writer waits for another one."""

_UNFINISHED = ".new-"
_LOCK = "lock"

_SCHEME = re.compile(r"([A-Za-z][\w.+-]*)://")
_SECRET = re.compile(r"pass|pwd|secret|token|key", re.IGNORECASE)

T = TypeVar("T")


class Database:
    """A database that is named by a path or a URL.

    A `Path` is a SQLite file, and so is a string, unless it begins with "SCHEME://": that is an SQLAlchemy URL, whose
    scheme must be one that SQLAlchemy knows. Nothing that is printed holds a password.
    """

    def __init__(self, url: str | Path) -> None:
        parsed = _parse(url)
        sqlite = parsed.get_backend_name() == "sqlite"
        self._label = _without_secrets(parsed).render_as_string(hide_password=True)
        self._secrets = _secrets(parsed)
        self.path = _sqlite_file(parsed.database) if sqlite else None
        self._shown_path = url if isinstance(url, Path) or not _SCHEME.match(url) else self.path
        options: dict[str, Any] = {"connect_args": {"timeout": BUSY_SECONDS}} if sqlite else {}
        if self.path is not None:
            options["poolclass"] = NullPool
        try:
            self._engine = _engine(parsed, **options)
        except ModuleNotFoundError as error:
            raise SuperbLiteError(f"board '{self._label}' needs the package '{error.name}': pip install it") from None
        except (ArgumentError, NoSuchModuleError, SAWarning, TypeError, ValueError) as error:
            raise SuperbLiteError(f"board '{self._label}' is not a usable URL: {self._clean(error)}") from None

    def __str__(self) -> str:
        return f"board '{self._label if self._shown_path is None else self._shown_path}'"

    def exists(self) -> bool:
        """Whether there is anything to read."""
        return self.path is None or self.path.exists()

    def check_file(self) -> None:
        """Raise `SuperbLiteError` where the file of a SQLite database is none, or SQLite finds damage in it."""
        if self.path is None or not self.path.exists():
            return
        if not self.path.is_file():
            raise SuperbLiteError(f"{self} is not a file that can hold a board")
        if self.path.stat().st_size == 0:
            raise SuperbLiteError(f"{self} is not a board: the file is empty; delete it, or bring back a copy")
        with self.errors(), self._engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if found != "ok":
            raise SuperbLiteError(f"{self} is damaged ({one_line(found, 100)}): bring back a copy of it")

    def read(self, work: Callable[[Session], T]) -> T:
        """What `work` returns, called within one transaction."""
        with self.errors(), self._session(self._engine, write=False) as session:
            return work(session)

    def write(self, work: Callable[[Session], T], *, patience: float | None = None) -> T:
        """What `work` returns, called within one transaction that holds the write lock from its beginning.

        The file of a new SQLite database is built beside its place and moved there when the transaction is committed,
        so that nobody meets a half-made one and a refusal leaves nothing. `work` is called again where another process
        was faster. What a process that was killed meanwhile left is deleted the next time.

        patience: how many seconds to wait for another writer of a SQLite file; None: `BUSY_SECONDS`.
        """
        with self.errors():
            if self.path is not None:
                _delete_unfinished(self.path)
            if self.path is not None and not self.path.exists():
                make_dir(self.path.parent)
                with _unfinished(self.path) as directory:
                    made = directory / self.path.name
                    engine = _engine(URL.create("sqlite", database=str(made)), poolclass=NullPool)
                    with self._session(engine, write=True) as session:
                        found = work(session)
                    if _move_to_free_place(made, self.path):
                        return found
            with self._session(self._engine, write=True, patience=patience) as session:
                return work(session)

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Inside, whatever the database reports is one line that names it and holds no password."""
        try:
            yield
        except IntegrityError as error:
            raise SuperbLiteError(f"{self} was changed at the same moment: submit again") from error
        except DBAPIError as error:
            raise SuperbLiteError(f"{self}: {self._clean(error.orig)}") from error
        except OSError as error:
            raise SuperbLiteError(f"{self}: {error.strerror or error}") from error

    @contextmanager
    def _session(self, engine: Engine, *, write: bool, patience: float | None = None) -> Iterator[Session]:
        options = {"superb_lite_write": write, "superb_lite_patience": patience}
        try:
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


def _parse(url: str | Path) -> URL:
    text = str(url)
    if "\0" in text:
        raise SuperbLiteError(f"'{text}' is not a board: a path has no null characters")
    scheme = None if isinstance(url, Path) else _SCHEME.match(text)
    if scheme is None:
        # Absolute, so that a file that is called ":memory:" is one.
        return URL.create("sqlite", database=os.path.abspath(text))
    shown = f"{scheme[1]}://..."
    if scheme[1].partition("+")[0] not in _dialects():
        raise SuperbLiteError(
            f"'{shown}' is not a board: no database is called '{scheme[1]}' (a path, or sqlite:///FILE, "
            "postgresql://..., mysql://...)"
        )
    try:
        return make_url(text)
    except (ArgumentError, ValueError):
        raise SuperbLiteError(f"'{shown}' is not a board: write the URL as {scheme[1]}://USER@HOST:PORT/NAME") from None


def _dialects() -> set[str]:
    """The names of databases that SQLAlchemy or an installed package of its knows."""
    registered = {point.name for point in entry_points(group="sqlalchemy.dialects")}
    named = {*sqlalchemy.dialects.__all__, *sqlalchemy.dialects.registry.impls, *registered, "mariadb"}
    return {name.partition(".")[0] for name in named}


def _secrets(url: URL) -> list[str]:
    values = [str(url.password)] if url.password else []
    for name, value in url.query.items():
        if _SECRET.search(name):
            values += [value] if isinstance(value, str) else list(value)
    return [value for value in values if value]


def _without_secrets(url: URL) -> URL:
    return url.set(query={name: "hidden" if _SECRET.search(name) else value for name, value in url.query.items()})


def _sqlite_file(database: str | None) -> Path | None:
    return None if not database or database == ":memory:" or database.startswith("file:") else Path(database)


def _engine(url: URL, **options: Any) -> Engine:
    # Results are text that pydantic reads and writes: nothing is parsed twice.
    with warnings.catch_warnings():
        warnings.simplefilter("error", SAWarning)  # what it would leave out of a URL and go on
        engine = create_engine(url, json_serializer=_as_it_is, json_deserializer=_as_it_is, **options)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _leave_transactions_to_us)
        event.listen(engine, "begin", _begin)
    return engine


def _as_it_is(text: T) -> T:
    return text


@contextmanager
def _unfinished(path: Path) -> Iterator[Path]:
    """A hidden directory beside a file that is to be made, which `_delete_unfinished` of other processes leaves."""
    while True:
        made = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}{_UNFINISHED}"))
        # The system drops the lock of a process that dies, however it dies.
        lock = FileLock(made / _LOCK)
        with suppress(FileNotFoundError):
            lock.acquire()
            if (made / _LOCK).exists():
                break
            lock.release()
        # Before it was locked, another process took the directory for that of a dead one, and deleted it.
    try:
        yield made
    finally:
        lock.release()
        shutil.rmtree(made, ignore_errors=True)


def _delete_unfinished(path: Path) -> None:
    """Delete the directories that dead processes left beside a file; never fails."""
    with suppress(OSError):
        for lock in path.parent.glob(f".{glob.escape(path.name)}{_UNFINISHED}*/{_LOCK}"):
            with suppress(OSError, Timeout), FileLock(lock, timeout=0):
                shutil.rmtree(lock.parent, ignore_errors=True)


def _move_to_free_place(made: Path, path: Path) -> bool:
    """Give a file its name unless that is taken by now; False where it is."""
    try:
        os.link(made, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        if path.exists():
            return False
        os.replace(made, path)
    return True


def _leave_transactions_to_us(connection: Any, record: object) -> None:
    # The driver would begin late, after the first reads; two submissions could then both read and neither write.
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if (patience := options.get("superb_lite_patience")) is not None:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(1000 * patience)}")
    write = options.get("superb_lite_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
