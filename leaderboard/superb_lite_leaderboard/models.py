"""The tables of the store (SQLAlchemy 2 ORM)."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

SCHEMA_VERSION = "3"
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
    """One entry; its results go with it when it is deleted."""

    __tablename__ = "superb_lite_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255), unique=True)
    submitted: Mapped[str] = mapped_column(String(32))
    results: Mapped[list[ResultRow]] = relationship(
        back_populates="entry", cascade="all, delete-orphan", order_by="ResultRow.id"
    )


class ResultRow(Base):
    """One result of an entry."""

    __tablename__ = "superb_lite_result"
    __table_args__ = (UniqueConstraint("entry_id", "task", "protocol"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("superb_lite_entry.id"), index=True)
    task: Mapped[str] = mapped_column(String(255))
    protocol: Mapped[str] = mapped_column(String(64))
    task_version: Mapped[int]
    data_sha256: Mapped[str] = mapped_column(String(64))
    clusters_sha256: Mapped[str] = mapped_column(String(64))
    # The engine's (de)serializer leaves the text as it is; the type is JSON so that it can be queried.
    payload: Mapped[str] = mapped_column(JSON)
    """The `Result` as JSON, without its predictions."""
    checksum: Mapped[str] = mapped_column(String(64), server_default="")
    """Its `Result.checksum`. Empty where an older version had stored what could not be read."""
    entry: Mapped[EntryRow] = relationship(back_populates="results")
