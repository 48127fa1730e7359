"""Schema version 3: what a board ranks by is a table, results have checksums and the architecture of the encoder.

Version 2 knew a board by its name alone, which was a list of names joined by spaces. The first boards that called
themselves version 3 were like it, and the next ones had no checksums yet.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.board import BUILT_IN, board_of
from superb_lite_leaderboard.store.migrations.payloads import RESULT, change_payloads

revision = "3"
down_revision = "2"

_META = sa.table("superb_lite_meta", sa.column("key", sa.Text), sa.column("value", sa.Text))
_BOARD = sa.table(
    "superb_lite_board",
    sa.column("id", sa.Integer),
    sa.column("name", sa.Text),
    sa.column("version", sa.Integer),
    sa.column("columns", sa.Text),
)


def upgrade() -> None:
    """Add the table and the column that are not there."""
    connection = op.get_bind()
    found = sa.inspect(connection)
    if "checksum" not in {column["name"] for column in found.get_columns(RESULT.name)}:
        op.add_column(RESULT.name, sa.Column("checksum", sa.String(64), server_default="", nullable=False))
    change_payloads(_of_version_3)
    if found.has_table(_BOARD.name):
        return
    op.create_table(
        _BOARD.name,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("columns", sa.Text),
    )
    name = connection.scalar(sa.select(_META.c.value).where(_META.c.key == "board"))
    if name is not None:
        rows = connection.execute(sa.select(RESULT.c.task, RESULT.c.protocol).order_by(RESULT.c.id)).all()
        board = _board(name, tuple(dict.fromkeys((task, protocol) for task, protocol in rows)))
        columns = None if BUILT_IN.get(board.name) == board else json.dumps(board.columns)
        values = {"id": 1, "name": board.name, "version": board.version, "columns": columns}
        connection.execute(sa.insert(_BOARD).values(values))
        connection.execute(sa.delete(_META).where(_META.c.key == "board"))


def _of_version_3(values: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in values.items() if key not in ("predictions", "cluster_index")}
    return {"architecture": None, **kept}


def _board(name: str, columns: Sequence[tuple[str, str]]) -> Board:
    """The board of a name.

    Where names with spaces leave open which list that was, or are not known any more, the columns are those that
    the entries have.
    """
    if name in BUILT_IN:
        return BUILT_IN[name]
    words = name.split(" ")
    for joined in itertools.product((False, True), repeat=min(len(words) - 1, 10)):
        names = [words[0]]
        for word, with_last in itertools.zip_longest(words[1:], joined, fillvalue=False):
            if with_last:
                names[-1] = f"{names[-1]} {word}"
            else:
                names.append(str(word))
        try:
            found = board_of(names)
        except SuperbLiteError:
            continue
        if set(columns) <= set(found.columns):
            return found
    return Board(name, 1, tuple(columns))
