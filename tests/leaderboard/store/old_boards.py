"""Boards as older versions made them: their tables word for word, and their payloads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa

from superb_lite.results.result import Result
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.entry import clusters_hash

META = """CREATE TABLE superb_lite_meta (
  "key" VARCHAR(64) NOT NULL, value VARCHAR(255) NOT NULL, PRIMARY KEY ("key"))"""
BOARD_TABLE = """CREATE TABLE superb_lite_board (
  id {number} NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, columns TEXT, PRIMARY KEY (id))"""
ENTRY = """CREATE TABLE superb_lite_entry (
  id {number} NOT NULL, name VARCHAR(255) NOT NULL, submitted VARCHAR(32) NOT NULL, PRIMARY KEY (id), UNIQUE (name))"""
RESULT = """CREATE TABLE superb_lite_result (
  id {number} NOT NULL, entry_id INTEGER NOT NULL, task VARCHAR(255) NOT NULL, protocol VARCHAR(64) NOT NULL,
  task_version INTEGER NOT NULL, data_sha256 VARCHAR(64) NOT NULL, clusters_sha256 VARCHAR(64) NOT NULL,
  payload {payload} NOT NULL, {checksum}PRIMARY KEY (id), UNIQUE (entry_id, task, protocol),
  FOREIGN KEY(entry_id) REFERENCES superb_lite_entry (id))"""
INDEX = "CREATE INDEX ix_superb_lite_result_entry_id ON superb_lite_result (entry_id)"

SCHEMAS = ("1", "2", "3 without a table of the board", "3 without checksums", "3")


def payload(result: Result, schema: str) -> str:
    """A result as boards of a schema had it."""
    values: dict[str, Any] = json.loads(result.model_dump_json())
    for name in ("cost", "pretraining", "code_sha256", "dtype"):
        del values[name]
    if not schema.startswith("3"):
        del values["architecture"]
        values["predictions"] = {}
    if schema == "2":
        values["cluster_index"] = []
    if schema == "1":
        for name in ("revision", "machine", "deterministic"):
            del values[name]
        values["seeds"] = [{name: seed[name] for name in ("seed", "score", "chosen")} for seed in values["seeds"]]
    return json.dumps(values)


def checksum(text: str) -> str:
    """As version 3 computed it: of the fields that a result had then."""
    import hashlib

    values = json.loads(text)
    table = np.array(values.pop("pseudo_values"), dtype="<f8").tobytes()
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode() + table).hexdigest()


def make(url: str, schema: str, board: Board | str, results: Sequence[Result]) -> None:
    """A board of one entry, "old entry". board: version 3 knew all of it, version 2 its name, version 1 nothing."""
    number = schema[0]
    whole = schema == "3"
    with_table = number == "3" and "without a table" not in schema
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool)
    postgres = engine.dialect.name == "postgresql"
    kinds = {
        "number": "SERIAL" if postgres else "INTEGER",
        "payload": "TEXT" if number == "3" and not with_table else "JSON",
        "checksum": "checksum VARCHAR(64) DEFAULT '' NOT NULL, " if whole else "",
    }
    with engine.begin() as connection:
        for statement in (META, ENTRY, RESULT, *([BOARD_TABLE] if with_table else []), INDEX):
            connection.exec_driver_sql(statement.format(**kinds))
        meta = sa.text("INSERT INTO superb_lite_meta VALUES (:key, :value)")
        connection.execute(meta, {"key": "schema", "value": number})
        if with_table:
            assert isinstance(board, Board)
            values = {"name": board.name, "version": board.version, "columns": json.dumps(board.columns)}
            connection.execute(sa.text("INSERT INTO superb_lite_board VALUES (1, :name, :version, :columns)"), values)
        elif number != "1":
            name = board.name if isinstance(board, Board) else board
            connection.execute(meta, {"key": "board", "value": name})
        entry = "INSERT INTO superb_lite_entry (name, submitted) VALUES ('old entry', '2025-01-01T00:00:00+00:00')"
        connection.execute(sa.text(entry))
        for r in results:
            row = {
                **{"entry_id": 1, "task": r.task, "protocol": r.protocol, "task_version": r.task_version},
                **{"data_sha256": r.data_sha256, "clusters_sha256": clusters_hash(r.clusters)},
                **{"payload": payload(r, schema)},
            }
            if whole:
                row["checksum"] = checksum(str(row["payload"]))
            value = {name: f":{name}" for name in row} | {
                "payload": f"CAST(:payload AS {kinds['payload']})" if postgres else ":payload"
            }
            connection.execute(
                sa.text(f"INSERT INTO superb_lite_result ({', '.join(row)}) VALUES ({', '.join(value.values())})"), row
            )
