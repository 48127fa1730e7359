"""Schema version 4: entries have versions and events, results have tiers, and their tables lie beside them.

What stood on a board becomes version 1 of its name and is called reported: older boards kept no predictions that it
could be recomputed from.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
import sqlalchemy as sa
from alembic import op
from pydantic import ValidationError

from superb_lite.errors import SuperbLiteError
from superb_lite.results.result import Result
from superb_lite_leaderboard.entry import About, Submitted, Tier
from superb_lite_leaderboard.store.migrations.checksums import checksum_4
from superb_lite_leaderboard.store.migrations.payloads import payload_of
from superb_lite_leaderboard.store.models import ClustersRow, ResultRow, storable
from superb_lite_leaderboard.store.rows import result_row

revision = "4"
down_revision = "3"

_OLD_ENTRY, _OLD_RESULT = "superb_lite_entry_3", "superb_lite_result_3"
_TOLD = "with an older superb_lite, whose board kept no predictions"


def upgrade() -> None:
    """Put the old rows aside, create the tables, and fill them."""
    connection = op.get_bind()
    for name in ("superb_lite_entry", "superb_lite_result"):
        connection.execute(sa.text(f"CREATE TABLE {name}_3 AS SELECT * FROM {name}"))
    op.drop_table("superb_lite_result")
    op.drop_table("superb_lite_entry")
    created = _create_tables()
    old = sa.table(_OLD_ENTRY, sa.column("id"), sa.column("name", sa.Text), sa.column("submitted", sa.Text))
    of_entry = _old_results(connection)
    for number, name, submitted in connection.execute(sa.select(old).order_by(old.c.id)).all():
        # A damaged file may give texts that are not UTF-8.
        name, submitted = storable(str(name)), storable(str(submitted))
        values = {"name": name, "version": 1, "submitted": submitted, "about": About().model_dump_json()}
        (entry,) = connection.execute(sa.insert(created["entry"]).values(values)).inserted_primary_key  # type: ignore[misc]
        event = {"entry_id": entry, "at": submitted, "kind": "submitted", "detail": _TOLD}
        connection.execute(sa.insert(created["event"]).values(event))
        for of_result in of_entry.get(number, ()):
            row, clusters = _rows(connection, of_result)
            known = sa.select(created["clusters"].c.sha256).where(created["clusters"].c.sha256 == clusters["sha256"])
            if connection.scalar(known) is None:
                connection.execute(sa.insert(created["clusters"]).values(clusters))
            connection.execute(sa.insert(created["result"]).values(entry_id=entry, **row))
    op.drop_table(_OLD_RESULT)
    op.drop_table(_OLD_ENTRY)


def _old_results(connection: sa.Connection) -> dict[int, list[int]]:
    """The ids of results by the id of their entry."""
    old = sa.table(_OLD_RESULT, sa.column("id", sa.Integer), sa.column("entry_id", sa.Integer))
    found: dict[int, list[int]] = {}
    for number, entry in connection.execute(sa.select(old.c.id, old.c.entry_id).order_by(old.c.id)):
        found.setdefault(entry, []).append(number)
    return found


def _rows(connection: sa.Connection, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The columns of a result and of its clusters. One that is damaged is kept as it is, with an empty checksum."""
    old = sa.table(_OLD_RESULT, *(sa.column(name) for name in ("id", "task", "protocol", "checksum")))
    task, protocol, checksum = connection.execute(
        sa.select(old.c.task, old.c.protocol, old.c.checksum).where(old.c.id == number)
    ).one()
    payload = payload_of(connection, number, _OLD_RESULT)
    try:
        row, clusters = result_row(Submitted(_result(payload, checksum), Tier.REPORTED))
    except SuperbLiteError:
        row, clusters = _damaged(task, protocol, payload)
    columns = _columns(row, ResultRow)
    if row.result_sha256:
        columns["checksum"] = checksum_4(columns)
    return columns, _columns(clusters, ClustersRow)


def _result(payload: str, checksum: str) -> Result:
    """Raises `SuperbLiteError` where a payload is none, or not the one that the checksum was made of."""
    try:
        values = json.loads(payload)
        table = np.array(values["pseudo_values"], dtype="<f8").tobytes()
        others = {key: value for key, value in values.items() if key != "pseudo_values"}
        digest = hashlib.sha256(json.dumps(others, sort_keys=True, ensure_ascii=True).encode() + table).hexdigest()
        if checksum and digest != checksum:
            raise SuperbLiteError("it was edited after it was stored")
        return Result.model_validate_json(payload)
    except (LookupError, TypeError, ValueError, RecursionError, ValidationError) as error:
        raise SuperbLiteError(str(error)) from None


def _damaged(task: str, protocol: str, payload: str) -> tuple[ResultRow, ClustersRow]:
    none = hashlib.sha256(b"").hexdigest()
    clusters = ClustersRow(sha256=hashlib.sha256(b"[]").hexdigest(), ids="[]")
    row = ResultRow(
        task=storable(str(task)),
        protocol=storable(str(protocol)),
        tier=int(Tier.REPORTED),
        own_code=False,
        result_sha256="",
        measured="",
        payload=storable(payload),
        clusters=clusters.sha256,
        clusters_sha256=none,
        n_clusters=0,
        pseudo_values=b"",
        pseudo_values_sha256=none,
        checksum="",
    )
    return row, clusters


def _columns(row: ResultRow | ClustersRow, of: type[ResultRow] | type[ClustersRow]) -> dict[str, Any]:
    names = [column.key for column in of.__mapper__.columns if column.key not in ("id", "entry_id")]
    return {name: getattr(row, name) for name in names}


def _create_tables() -> dict[str, sa.Table]:
    """By the last part of their names."""
    entry = op.create_table(
        "superb_lite_entry",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("submitted", sa.String(32), nullable=False),
        sa.Column("withdrawn", sa.String(32), nullable=False, server_default=""),
        sa.Column("about", sa.Text, nullable=False),
        sa.UniqueConstraint("name", "version"),
    )
    event = op.create_table(
        "superb_lite_event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("entry_id", sa.Integer, sa.ForeignKey("superb_lite_entry.id"), nullable=False, index=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    clusters = op.create_table(
        "superb_lite_clusters",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("ids", sa.Text, nullable=False),
    )
    result = op.create_table(
        "superb_lite_result",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("entry_id", sa.Integer, sa.ForeignKey("superb_lite_entry.id"), nullable=False, index=True),
        sa.Column("task", sa.Text, nullable=False, index=True),
        sa.Column("protocol", sa.Text, nullable=False),
        sa.Column("tier", sa.Integer, nullable=False),
        sa.Column("own_code", sa.Boolean, nullable=False),
        sa.Column("result_sha256", sa.String(64), nullable=False),
        sa.Column("measured", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("clusters", sa.String(64), sa.ForeignKey("superb_lite_clusters.sha256"), nullable=False),
        sa.Column("clusters_sha256", sa.String(64), nullable=False),
        sa.Column("n_clusters", sa.Integer, nullable=False),
        sa.Column("pseudo_values", sa.LargeBinary, nullable=False),
        sa.Column("pseudo_values_sha256", sa.String(64), nullable=False),
        sa.Column("checksum", sa.String(64), nullable=False),
        sa.UniqueConstraint("entry_id", "task", "protocol"),
    )
    op.create_table(
        "superb_lite_kept",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("kept_values", sa.Text, nullable=False),
        sa.Column("checksum", sa.String(64), nullable=False),
    )
    return {"entry": entry, "event": event, "clusters": clusters, "result": result}
