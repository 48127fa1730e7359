"""The results in boards of schema versions 1 to 3: one JSON text each, of a column whose type is JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

RESULT = sa.table(
    "superb_lite_result",
    sa.column("id", sa.Integer),
    sa.column("task", sa.Text),
    sa.column("protocol", sa.Text),
    sa.column("payload", sa.JSON),
)


def payload_of(connection: sa.Connection, number: int, table: str = RESULT.name) -> str:
    """The payload of the result with an id, whatever lies there."""
    rows = sa.table(table, sa.column("id", sa.Integer), sa.column("payload", sa.JSON))
    found = connection.scalar(sa.select(sa.cast(rows.c.payload, sa.Text)).where(rows.c.id == number))
    return found if isinstance(found, str) else str(found)


def change_payloads(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Write another payload in the place of each that can be read; one that is damaged stays as it is."""
    connection = op.get_bind()
    for number in connection.scalars(sa.select(RESULT.c.id).order_by(RESULT.c.id)).all():
        try:
            values = change(json.loads(payload_of(connection, number)))
        except (AttributeError, LookupError, TypeError, ValueError, RecursionError):
            continue  # reading names it
        text = json.dumps(values, ensure_ascii=True)
        connection.execute(sa.update(RESULT).where(RESULT.c.id == number).values(payload=text))
