"""Schema version 1: entries and their results. No board is made this way; it is where the others begin."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "superb_lite_meta",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("value", sa.String(255), nullable=False),
    )
    op.create_table(
        "superb_lite_entry",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(255), nullable=False, unique=True),
        sa.Column("submitted", sa.String(32), nullable=False),
    )
    op.create_table(
        "superb_lite_result",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("entry_id", sa.Integer, sa.ForeignKey("superb_lite_entry.id"), nullable=False, index=True),
        sa.Column("task", sa.String(255), nullable=False),
        sa.Column("protocol", sa.String(64), nullable=False),
        sa.Column("task_version", sa.Integer, nullable=False),
        sa.Column("data_sha256", sa.String(64), nullable=False),
        sa.Column("clusters_sha256", sa.String(64), nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.UniqueConstraint("entry_id", "task", "protocol"),
    )
