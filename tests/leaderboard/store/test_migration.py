"""A board that schema version 2 wrote is opened, brought up to date once, and kept as a copy."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path

import pytest
from synthetic_results import BOARD, SMELL, TOUCH, entry_results, outcomes, result, task

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.results.result import Result
from superb_lite.tasks.taskset import TaskSet
from superb_lite_leaderboard.board import QUICK
from superb_lite_leaderboard.entry import clusters_hash
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from tests.superb_lite.made_up_results import without_predictions

# What version 2 created, word for word.
TABLES = """
CREATE TABLE superb_lite_meta ("key" VARCHAR(64) NOT NULL, value VARCHAR(255) NOT NULL, PRIMARY KEY ("key"));
CREATE TABLE superb_lite_entry (
  id INTEGER NOT NULL, name VARCHAR(255) NOT NULL, submitted VARCHAR(32) NOT NULL, PRIMARY KEY (id), UNIQUE (name));
CREATE TABLE superb_lite_result (
  id INTEGER NOT NULL, entry_id INTEGER NOT NULL, task VARCHAR(255) NOT NULL, protocol VARCHAR(64) NOT NULL,
  task_version INTEGER NOT NULL, data_sha256 VARCHAR(64) NOT NULL, clusters_sha256 VARCHAR(64) NOT NULL,
  payload JSON NOT NULL, PRIMARY KEY (id), UNIQUE (entry_id, task, protocol),
  FOREIGN KEY(entry_id) REFERENCES superb_lite_entry (id));
CREATE INDEX ix_superb_lite_result_entry_id ON superb_lite_result (entry_id);
"""


def old_payload(result: Result) -> str:
    """`Result.to_dict()` of that version: predictions are there and empty, the architecture is not."""
    values = json.loads(result.model_dump_json())
    del values["architecture"]
    return json.dumps({**values, "predictions": {}, "cluster_index": []})


def old_board(path: Path, name: str, results: list[Result]) -> Path:
    with sqlite3.connect(path) as connection:
        connection.executescript(TABLES)
        connection.executemany("INSERT INTO superb_lite_meta VALUES (?, ?)", [("schema", "2"), ("board", name)])
        connection.execute("INSERT INTO superb_lite_entry VALUES (1, 'old entry', '2025-01-01T00:00:00+00:00')")
        for r in results:
            connection.execute(
                "INSERT INTO superb_lite_result (entry_id, task, protocol, task_version, data_sha256, clusters_sha256, "
                "payload) VALUES (1, ?, ?, ?, ?, ?, ?)",
                (r.task, r.protocol, r.task_version, r.data_sha256, clusters_hash(r), old_payload(r)),
            )
    return path


def test_an_old_board_is_opened_and_kept_as_a_copy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = entry_results(0.6, label="one")
    path = old_board(tmp_path / "b.db", "senses", results)
    before = path.read_bytes()
    (tmp_path / "plain").touch()
    (entry,) = Leaderboard(path, BOARD).entries()
    assert (entry.name, entry.submitted) == ("old entry", "2025-01-01T00:00:00+00:00")
    assert entry.results == tuple(without_predictions(r) for r in results)
    backup = tmp_path / "b.db.schema-2"
    said = f"superb-lite: brought board '{path}' to schema version 3; as it was: {backup}\n"
    assert capsys.readouterr().err == said
    checksums = sqlite3.connect(path).execute("SELECT checksum FROM superb_lite_result ORDER BY id").fetchall()
    assert checksums == [(r.checksum(),) for r in entry.results]
    assert backup.stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert len(backup.read_bytes()) == len(before)
    assert sqlite3.connect(backup).execute("SELECT value FROM superb_lite_meta").fetchall() == [("2",), ("senses",)]

    # Once is enough, and what is submitted afterwards stands beside the old entry.
    Leaderboard(path, BOARD).submit("new entry", entry_results(0.7, label="two"))
    assert [row["name"] for row in Leaderboard(path, BOARD).rows()] == ["new entry", "old entry"]
    assert capsys.readouterr().err == ""


def test_a_board_of_ones_own_gets_the_columns_of_its_entries(tmp_path: Path) -> None:
    path = old_board(tmp_path / "b.db", "senses", entry_results(0.6, label="one"))
    assert Leaderboard(path).board.columns == BOARD.columns
    assert len(Leaderboard(path).rows()[0]["tasks"]) == len(BOARD.columns)


def test_a_built_in_board_and_one_of_names_are_known_by_their_names(tmp_path: Path) -> None:
    assert Leaderboard(old_board(tmp_path / "a.db", "quick", [])).board is QUICK
    names = "touch-lite smell-lite/soap"
    assert Leaderboard(old_board(tmp_path / "b.db", names, [])).board.columns == (
        *((t.name, "frozen") for t in TOUCH),
        ("smell-lite/soap", "frozen"),
    )


def test_names_with_spaces_are_put_together_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spaced = TaskSet("own", (task("own/my own reviews", "touch"),))
    monkeypatch.setattr(plugins, "tasksets", lambda: {"own": spaced, "smell-lite": SMELL})
    results = [result("own/my own reviews", modality="touch", values=outcomes("x", 0.5))]
    path = old_board(tmp_path / "b.db", "smell-lite/rose own/my own reviews smell-lite/soap", results)
    assert [name for name, _ in Leaderboard(path).board.columns] == [
        "smell-lite/rose",
        "own/my own reviews",
        "smell-lite/soap",
    ]


def test_a_damaged_result_is_kept_and_named(tmp_path: Path) -> None:
    path = old_board(tmp_path / "b.db", "senses", entry_results(0.6, label="one"))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE superb_lite_result SET payload = '{ half' WHERE id = 2")
    (note,) = Leaderboard(path).standings().notes
    assert note.startswith("entry 'old entry': 'smell-lite/soap' (frozen) is damaged: ")


def test_two_that_open_an_old_board_at_once_both_find_it(tmp_path: Path) -> None:
    path = old_board(tmp_path / "b.db", "senses", entry_results(0.6, label="one"))
    barrier, found = threading.Barrier(2), []

    def open_it() -> None:
        board = Leaderboard(path)
        barrier.wait()
        found.append(len(board.entries()))

    workers = [threading.Thread(target=open_it) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert found == [1, 1]
    assert Leaderboard(path).board.columns == BOARD.columns


def test_a_copy_that_cannot_be_made_leaves_the_board_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = old_board(tmp_path / "b.db", "senses", entry_results(0.6, label="one"))

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("superb_lite_leaderboard.migration.os.replace", full)
    before = path.read_bytes()
    with pytest.raises(SuperbLiteError, match="cannot be copied before it is brought to 3"):
        Leaderboard(path).rows()
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["b.db"]
