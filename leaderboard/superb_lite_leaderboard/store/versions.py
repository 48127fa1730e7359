"""What happens to the versions of a name after they were submitted: within a transaction of `Leaderboard`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from superb_lite.errors import SuperbLiteError, one_line
from superb_lite_leaderboard.entry import Entry, Measured, Tier
from superb_lite_leaderboard.store.models import EntryRow, EventRow, ResultRow
from superb_lite_leaderboard.store.seals import row_checksum, seal


def now() -> str:
    """The time as boards write it: ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def newest_version(session: Session, name: str) -> EntryRow | None:
    """The last version of a name, withdrawn or not, with its results."""
    wanted = select(EntryRow).where(EntryRow.name == name).order_by(EntryRow.version.desc()).limit(1)
    return session.scalar(wanted.options(selectinload(EntryRow.results)))


def withdraw(session: Session, entry: Entry, reason: str) -> None:
    """Mark an entry. Raises `SuperbLiteError` where it is so already."""
    row = session.get_one(EntryRow, entry.id)
    if row.withdrawn:
        raise SuperbLiteError(f"'{entry.ref}' was withdrawn already, {one_line(row.withdrawn)}")
    row.withdrawn = now()
    seal(row)
    row.events.append(EventRow(at=row.withdrawn, kind="withdrawn", detail=one_line(reason)))


def rename(session: Session, old: str, new: str) -> bool:
    """Give all versions of a name another one; False where nothing is called `old`.

    Raises `SuperbLiteError` where the new name is taken.
    """
    if newest_version(session, new) is not None:
        raise SuperbLiteError(f"there is an entry '{new}' already: take another name")
    rows = session.scalars(select(EntryRow).where(EntryRow.name == old)).all()
    for row in rows:
        row.name = new
        seal(row)
        row.events.append(EventRow(at=now(), kind="renamed", detail=one_line(f"it was called '{old}'")))
    return bool(rows)


def promote(session: Session, entry: Entry, results: Sequence[Measured], tier: Tier, detail: str) -> None:
    """Say that results of an entry were checked as far as `tier`; what was checked further stays as it is."""
    row = session.get_one(EntryRow, entry.id)
    raised = []
    for measured in results:
        of_result = session.get_one(ResultRow, measured.id)
        if of_result.entry_id != entry.id or row_checksum(of_result) != of_result.checksum:
            raise SuperbLiteError(f"'{entry.ref}' does not hold this result on '{measured.task}' ({measured.protocol})")
        if told := raise_tier(of_result, tier):
            raised.append(told)
    if raised:
        told = f"{tier.label}: {', '.join(raised)}" + (f"; {detail}" if detail else "")
        row.events.append(EventRow(at=now(), kind="promoted", detail=one_line(told)))


def raise_tier(row: ResultRow, tier: Tier) -> str:
    """Say that a result was checked as far as `tier`; returns its column, or nothing where it was already."""
    if row.tier >= tier or row_checksum(row) != row.checksum:
        return ""
    row.tier = int(tier)
    row.checksum = row_checksum(row)
    return f"{row.task} ({row.protocol})"
