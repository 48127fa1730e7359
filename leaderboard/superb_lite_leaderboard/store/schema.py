"""Schema: which version the tables of a database are of, and how they are brought to the present one."""

from __future__ import annotations

import filecmp
import itertools
import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, inspect, select, update
from sqlalchemy.orm import Session

from superb_lite.errors import NAME_LIMIT, SuperbLiteError, note, one_line
from superb_lite.paths import follow_umask, make_dir
from superb_lite_leaderboard.store.database import Database
from superb_lite_leaderboard.store.files import move_to_free_place
from superb_lite_leaderboard.store.models import SCHEMA_VERSION, Base, MetaRow

OLDEST = 1

_WITH_TIERS = 4
"""The first version whose results say how far they were checked."""


def schema_of(session: Session, database: Database) -> str | None:
    """The schema version of a database; None where it has no tables yet.

    Raises `SuperbLiteError` for a file that another program made.
    """
    tables = inspect(session.connection()).get_table_names()
    if MetaRow.__tablename__ in tables:
        return session.scalar(select(MetaRow.value).where(MetaRow.key == "schema")) or "none"
    if tables and database.path is not None:
        raise SuperbLiteError(f"{database} is a database, but not a leaderboard")
    return None


def create_tables(session: Session) -> None:
    """The tables of the present schema, in a database that has none."""
    Base.metadata.create_all(session.connection())
    session.add(MetaRow(key="schema", value=SCHEMA_VERSION))


def bring_up_to_date(database: Database) -> None:
    """Bring a board of an older schema to the present one, in place and in one transaction, and say so.

    A SQLite file is copied first, to "FILE.schema-N", or "FILE.schema-N.1" where that is taken. Where anything fails
    the board stays as it was.

    Raises `SuperbLiteError` for a board of a schema that is not known here, or that cannot be copied or changed.
    """
    schema = database.read(lambda session: schema_of(session, database))
    if schema in (None, SCHEMA_VERSION):
        return
    if schema not in map(str, range(OLDEST, int(SCHEMA_VERSION))):
        raise SuperbLiteError(
            f"{database} has schema version {one_line(schema, NAME_LIMIT)}, but this superb_lite reads "
            f"{SCHEMA_VERSION}: use the version that wrote it, or a new file"
        )
    told = database.write(lambda session: _migrate(session, database))
    if told:
        note(told)


def _migrate(session: Session, database: Database) -> str:
    """Returns what is to be said; nothing where another process was faster."""
    schema = schema_of(session, database)
    if schema is None or schema == SCHEMA_VERSION:
        return ""
    # Within the transaction, which keeps writers out: there is one copy, and it is of what is changed.
    backup = None if database.path is None else _backup(database.path, schema)
    connection = session.connection()
    try:
        _run(connection, _begin_at(connection, schema))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise SuperbLiteError(f"{database} cannot be brought to schema version {SCHEMA_VERSION}: {error}") from error
    session.execute(update(MetaRow).where(MetaRow.key == "schema").values(value=SCHEMA_VERSION))
    said = f"brought {database} to schema version {SCHEMA_VERSION}"
    said += "; its entries are called reported" if int(schema) < _WITH_TIERS else ""
    return said if backup is None else f"{said}; as it was: {backup}"


def _run(connection: Connection, schema: str, until: str = "head") -> None:
    """Run the revisions after `schema`, as far as `until`."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory

    directory = Path(__file__).parent / "migrations"
    scripts = ScriptDirectory(str(directory), version_locations=[str(directory / "versions")])
    with Operations.context(MigrationContext.configure(connection)):
        for revision in reversed(list(scripts.iterate_revisions(until, schema))):
            revision.module.upgrade()


def _begin_at(connection: Connection, schema: str) -> str:
    """The revision that tables are of: the first boards of version 3 had those of version 2, or no checksums."""
    found = inspect(connection)
    whole = found.has_table("superb_lite_board") and "checksum" in {
        column["name"] for column in found.get_columns("superb_lite_result")
    }
    return "2" if schema == "3" and not whole else schema


def _backup(path: Path, schema: str) -> Path:
    """A copy under a name that was free, or one that is there already with exactly this content."""
    make_dir(path.parent)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.schema-")
    os.close(handle)
    copy = Path(temporary)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        follow_umask(copy)
        for number in itertools.count():
            place = path.with_name(f"{path.name}.schema-{schema}{f'.{number}' if number else ''}")
            if move_to_free_place(copy, place) or filecmp.cmp(copy, place, shallow=False):
                return place
        raise AssertionError  # numbers do not end
    except (OSError, sqlite3.Error) as error:
        raise SuperbLiteError(
            f"board '{path}' is of schema version {schema} and cannot be copied before it is brought to "
            f"{SCHEMA_VERSION}: {error}"
        ) from None
    finally:
        copy.unlink(missing_ok=True)
