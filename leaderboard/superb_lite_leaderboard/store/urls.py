"""What a board's name stands for: a SQLite file, or the URL of a database, whose passwords are never shown."""

from __future__ import annotations

import os
import re
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from superb_lite.errors import SuperbLiteError

SCHEME = re.compile(r"([A-Za-z][\w.+-]*)://")
SUPPORTED = ("sqlite", "postgresql")
DRIVER = "postgresql+psycopg"
"""Of "postgresql://..." without a driver: the one that the extra "postgres" installs."""

_SECRET = re.compile(r"pass|pwd|secret|token|key", re.IGNORECASE)


def parse(url: str | Path) -> URL:
    """The URL of a board. Raises `SuperbLiteError` for what is neither a path nor a URL of a supported database."""
    text = str(url)
    if "\0" in text:
        raise SuperbLiteError(f"'{text}' is not a board: a path has no null characters")
    scheme = None if isinstance(url, Path) else SCHEME.match(text)
    if scheme is None:
        # Absolute, so that a file that is called ":memory:" is one.
        return URL.create("sqlite", database=os.path.abspath(text))
    shown = f"{scheme[1]}://..."
    if scheme[1].partition("+")[0] not in SUPPORTED:
        raise SuperbLiteError(
            f"'{shown}' is not a board: no database is called '{scheme[1]}' (a path, or sqlite:///FILE, "
            "postgresql://USER@HOST/NAME)"
        )
    try:
        parsed = make_url(text)
    except (ArgumentError, ValueError):
        raise SuperbLiteError(f"'{shown}' is not a board: write the URL as {scheme[1]}://USER@HOST:PORT/NAME") from None
    return parsed.set(drivername=DRIVER) if parsed.drivername == "postgresql" else parsed


def secrets(url: URL) -> list[str]:
    """The passwords in a URL, which a driver may quote."""
    values = [str(url.password)] if url.password else []
    for name, value in url.query.items():
        if _SECRET.search(name):
            values += [value] if isinstance(value, str) else list(value)
    return [value for value in values if value]


def without_secrets(url: URL) -> URL:
    """The URL with its secret parameters hidden; its password is hidden by rendering."""
    return url.set(query={name: "hidden" if _SECRET.search(name) else value for name, value in url.query.items()})


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite database; None for one in memory, of SQLite's own URIs, or of a server."""
    name = url.database
    if url.get_backend_name() != "sqlite" or not name or name == ":memory:" or name.startswith("file:"):
        return None
    return Path(name)
