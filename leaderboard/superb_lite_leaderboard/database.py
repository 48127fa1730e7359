"""Database: a SQLAlchemy engine whose transactions begin as they should, and which can name itself in an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from superb_lite.errors import SuperbLiteError

BUSY_SECONDS = 60.0
"""How long a writer waits for another one."""


class Database:
    """url: the path of a SQLite file, or a SQLAlchemy URL. path: the file; None for other databases."""

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url if "://" in url else f"sqlite:///{url}")
            self._label = parsed.render_as_string(hide_password=True)
            self.path = _sqlite_file(parsed.database) if parsed.get_backend_name() == "sqlite" else None
            options: dict[str, Any] = {}
            if parsed.get_backend_name() == "sqlite":
                options["connect_args"] = {"timeout": BUSY_SECONDS}
            if self.path is not None:
                options["poolclass"] = NullPool
            self._engine = create_engine(parsed, **options)
        except (ArgumentError, NoSuchModuleError):
            raise SuperbLiteError(f"'{url}' is not a board: give a file, or a URL such as sqlite:///board.db") from None
        except ModuleNotFoundError as error:
            raise SuperbLiteError(f"board '{self._label}' needs the package '{error.name}': pip install it") from None
        if parsed.get_backend_name() == "sqlite":
            event.listen(self._engine, "connect", _leave_transactions_to_us)
            event.listen(self._engine, "begin", _begin)

    def engine(self, *, write: bool) -> Engine:
        """The engine; for writing, its transactions take SQLite's write lock when they begin."""
        return self._engine.execution_options(superb_lite_write=write)

    def exists(self) -> bool:
        """Whether there is anything to read."""
        return self.path is None or self.path.exists()

    def __str__(self) -> str:
        return f"board '{self._label if self.path is None else self.path}'"


def _sqlite_file(database: str | None) -> Path | None:
    return None if not database or database == ":memory:" or database.startswith("file:") else Path(database)


def _leave_transactions_to_us(connection: Any, record: object) -> None:
    # The driver would begin late, after the first reads; two submissions could then both read and neither write.
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("superb_lite_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
