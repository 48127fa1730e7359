"""The tables of the store (SQLAlchemy 2 ORM)."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Dialect, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

SCHEMA_VERSION = "5"
"""Raised when these tables, or the results in them, change in a way that older code could not read."""

_NOT_STORED = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """A text that every database holds and gives back: null characters and halves of surrogate pairs are escaped.

    SQLite holds the former and PostgreSQL neither; escaped, a name is the same in both.
    """
    return _NOT_STORED.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class Storable(TypeDecorator[str]):
    """Text that is `storable` where it is written, and where rows are asked for by it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """What is handed to the driver."""
        return storable(value) if isinstance(value, str) else value


class Base(DeclarativeBase):
    """Base of the ORM classes."""


class MetaRow(Base):
    """Facts about the store itself.

    "schema" is `SCHEMA_VERSION`; "entries" how many rows of entries there are, which tells that one was lost; "board"
    the SHA-256 of the `BoardRow`.
    """

    __tablename__ = "superb_lite_meta"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(String(255))


class BoardRow(Base):
    """What the entries are ranked by; there is one row."""

    __tablename__ = "superb_lite_board"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Storable)
    version: Mapped[int]
    columns: Mapped[str | None] = mapped_column(Text)
    """JSON, a list of [task, protocol]. None for a board that is built in, which is looked up by its name."""


class EntryRow(Base):
    """One version of a name. None is ever deleted."""

    __tablename__ = "superb_lite_entry"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Storable, index=True)
    version: Mapped[int]
    submitted: Mapped[str] = mapped_column(String(32))
    withdrawn: Mapped[str] = mapped_column(String(32), server_default="")
    about: Mapped[str] = mapped_column(Text)
    """`About` as JSON."""
    n_results: Mapped[int] = mapped_column(server_default="0")
    """How many rows of results it has: tells that one was lost."""
    checksum: Mapped[str] = mapped_column(String(64), server_default="")
    """SHA-256 of the columns above but `id` (`seals.entry_checksum`)."""
    results: Mapped[list[ResultRow]] = relationship(
        back_populates="entry", cascade="all, delete-orphan", order_by="ResultRow.id"
    )
    events: Mapped[list[EventRow]] = relationship(cascade="all, delete-orphan", order_by="EventRow.id")


class EventRow(Base):
    """Something that happened to an entry; see `Event`."""

    __tablename__ = "superb_lite_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("superb_lite_entry.id"), index=True)
    at: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(Text)


class ClustersRow(Base):
    """The ids of test clusters in the order of the tables that have them; results of one task share a row."""

    __tablename__ = "superb_lite_clusters"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    ids: Mapped[str] = mapped_column(Text)
    """JSON, a list of strings."""


class ResultRow(Base):
    """One result of an entry."""

    __tablename__ = "superb_lite_result"
    __table_args__ = (UniqueConstraint("entry_id", "task", "protocol"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("superb_lite_entry.id"), index=True)
    task: Mapped[str] = mapped_column(Storable, index=True)
    protocol: Mapped[str] = mapped_column(Storable)
    tier: Mapped[int]
    own_code: Mapped[bool]
    result_sha256: Mapped[str] = mapped_column(String(64))
    """`Result.checksum`."""
    measured: Mapped[str] = mapped_column(Text)
    """What `Measured` needs of the result, as JSON: it is read for every row of a board."""
    payload: Mapped[str] = mapped_column(Text, deferred=True)
    """The `Result` as JSON without its predictions and its two tables, clusters and pseudo-values."""
    clusters: Mapped[str] = mapped_column(ForeignKey("superb_lite_clusters.sha256"))
    clusters_sha256: Mapped[str] = mapped_column(String(64))
    """Of the set of clusters, whatever their order (`entry.clusters_hash`)."""
    n_clusters: Mapped[int]
    pseudo_values: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """(S, n) 64-bit floats, little endian, row by row."""
    pseudo_values_sha256: Mapped[str] = mapped_column(String(64))
    checksum: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the columns that are read with it and of the entry that it is of (`seals.row_checksum`): tells that
    the row was edited, damaged or moved. Empty where a result was damaged when an older schema was left."""
    entry: Mapped[EntryRow] = relationship(back_populates="results")


class KeptRow(Base):
    """Standings that were computed for exactly this content of the board; see `ranking.kept`."""

    __tablename__ = "superb_lite_kept"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    values: Mapped[str] = mapped_column("kept_values", Text)
    checksum: Mapped[str] = mapped_column(String(64))
