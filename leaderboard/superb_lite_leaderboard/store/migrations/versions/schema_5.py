"""Schema version 5: entries have checksums and say how many results they have; a result's names the entry it is of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from superb_lite_leaderboard.store.migrations.checksums import CHECKED, checksum_4
from superb_lite_leaderboard.store.seals import entry_checksum, row_checksum

revision = "5"
down_revision = "4"

_ENTRY = sa.table(
    "superb_lite_entry",
    *(sa.column(name, sa.Text) for name in ("name", "submitted", "withdrawn", "about", "checksum")),
    *(sa.column(name, sa.Integer) for name in ("id", "version", "n_results")),
)
_RESULT = sa.table(
    "superb_lite_result",
    *(sa.column(name) for name in ("id", "entry_id", "measured", "checksum")),
    *(sa.column(name, sa.Boolean if name == "own_code" else None) for name in CHECKED),
)


def upgrade() -> None:
    """Add the columns and fill them. A result that was damaged gets no checksum, so that it stays so."""
    op.add_column("superb_lite_entry", sa.Column("n_results", sa.Integer, server_default="0", nullable=False))
    op.add_column("superb_lite_entry", sa.Column("checksum", sa.String(64), server_default="", nullable=False))
    connection = op.get_bind()
    for row in connection.execute(sa.select(_RESULT)).all():
        try:
            whole = checksum_4(row._asdict()) == row.checksum
        except (TypeError, ValueError):
            whole = False
        checksum = row_checksum(row) if whole else ""
        connection.execute(sa.update(_RESULT).where(_RESULT.c.id == row.id).values(checksum=checksum))
    numbers = sa.select(_RESULT.c.entry_id, sa.func.count()).group_by(_RESULT.c.entry_id)
    of_entry = {row[0]: row[1] for row in connection.execute(numbers)}
    for number in connection.scalars(sa.select(_ENTRY.c.id)).all():
        this = _ENTRY.c.id == number
        connection.execute(sa.update(_ENTRY).where(this).values(n_results=of_entry.get(number, 0)))
        row = connection.execute(sa.select(_ENTRY).where(this)).one()
        connection.execute(sa.update(_ENTRY).where(this).values(checksum=entry_checksum(row)))
