"""The tables of the store (SQLAlchemy 2 ORM)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

SCHEMA_VERSION = "4"
"""Raised when these tables, or the results in them, change in a way that older code could not read."""


class Base(DeclarativeBase):
    """Base of the ORM classes."""


class MetaRow(Base):
    """Facts about the store itself: "schema" is `SCHEMA_VERSION`."""

    __tablename__ = "superb_lite_meta"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(String(255))


class BoardRow(Base):
    """What the entries are ranked by; there is one row."""

    __tablename__ = "superb_lite_board"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    columns: Mapped[str | None] = mapped_column(Text)
    """JSON, a list of [task, protocol]. None for a board that is built in, which is looked up by its name."""


class EntryRow(Base):
    """One version of a name. None is ever deleted."""

    __tablename__ = "superb_lite_entry"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255), index=True)
    version: Mapped[int]
    submitted: Mapped[str] = mapped_column(String(32))
    withdrawn: Mapped[str] = mapped_column(String(32), server_default="")
    about: Mapped[str] = mapped_column(Text)
    """`About` as JSON."""
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
    task: Mapped[str] = mapped_column(Text, index=True)
    protocol: Mapped[str] = mapped_column(String(100))
    tier: Mapped[int]
    own_code: Mapped[bool]
    result_sha256: Mapped[str] = mapped_column(String(64))
    """`Result.checksum`."""
    payload: Mapped[str] = mapped_column(Text)
    """The `Result` as JSON without its predictions and its two tables, clusters and pseudo-values."""
    clusters: Mapped[str] = mapped_column(ForeignKey("superb_lite_clusters.sha256"))
    clusters_sha256: Mapped[str] = mapped_column(String(64))
    """Of the set of clusters, whatever their order (`entry.clusters_hash`)."""
    n_clusters: Mapped[int]
    pseudo_values: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """(S, n) 64-bit floats, little endian, row by row."""
    pseudo_values_sha256: Mapped[str] = mapped_column(String(64))
    checksum: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the other columns (`rows.row_checksum`): tells that the row was edited or damaged."""
    entry: Mapped[EntryRow] = relationship(back_populates="results")


class KeptRow(Base):
    """Standings that were computed for exactly this content of the board; see `ranking.kept`."""

    __tablename__ = "superb_lite_kept"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    values: Mapped[str] = mapped_column("kept_values", Text)
    checksum: Mapped[str] = mapped_column(String(64))
