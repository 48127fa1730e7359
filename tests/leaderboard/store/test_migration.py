"""A board of an older schema is opened, brought to the present one once, and kept as a copy."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import old_boards
import pytest
import sqlalchemy as sa
from synthetic_results import BOARD, SMELL, TOUCH, entry_results, outcomes, result, task

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.metrics.statistics import Sample
from superb_lite.results.result import Result
from superb_lite.tasks.taskset import Board, TaskSet
from superb_lite_leaderboard.board import QUICK
from superb_lite_leaderboard.entry import Tier
from superb_lite_leaderboard.store import schema as schema_module
from superb_lite_leaderboard.store.database import Database
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.store.models import SCHEMA_VERSION, Base
from tests.superb_lite.made_up_results import without_predictions


def as_it_is_now(old: Result, schema: str) -> Result:
    """What is known of a result that an older board had."""
    changes = {"architecture": None} if not schema.startswith("3") else {}
    if schema == "1":
        unknown = {"system": "unknown", "cpu": "unknown", "cores": 0, "threads": 0, "memory": None, "device": "unknown"}
        changes |= {"machine": type(old.machine)(**unknown), "deterministic": False, "revision": None}
    return without_predictions(old.replace(**changes))


@pytest.fixture
def old(new_url: Callable[[], str]) -> Callable[..., str]:
    """Makes an old board on each of the databases, and gives its URL."""

    def make(schema: str, board: Board | str = BOARD, results: list[Result] | None = None) -> str:
        url = new_url()
        old_boards.make(url, schema, board, entry_results(0.6, label="one") if results is None else results)
        return url

    return make


def old_file(path: Path, schema: str, board: Board | str = BOARD, results: list[Result] | None = None) -> Path:
    results = entry_results(0.6, label="one") if results is None else results
    old_boards.make(f"sqlite:///{path}", schema, board, results)
    return path


@pytest.mark.parametrize("schema", old_boards.SCHEMAS)
def test_a_board_of_any_schema_is_brought_to_this_one(old: Callable[..., str], schema: str, tmp_path: Path) -> None:
    results = entry_results(0.6, label="one")
    url = old(schema)
    board = Leaderboard(url, BOARD, predictions=tmp_path)
    (entry,) = board.entries()
    assert (entry.ref, entry.submitted, entry.tier) == ("old entry@1", "2025-01-01T00:00:00+00:00", Tier.REPORTED)
    assert [board.result(measured) for measured in entry.results] == [as_it_is_now(r, schema) for r in results]
    for found, r in zip(board.samples(entry.results), results, strict=True):
        assert isinstance(found, Sample)
        assert found.values.tolist() == [list(row) for row in r.pseudo_values]
    ((_, (event,)),) = board.history("old entry")
    assert "kept no predictions" in event.detail
    assert board.predictions(entry.results[0]) is None
    assert board.standings().notes == ()
    # What is submitted afterwards stands beside the old entry, in numbers that are not taken.
    board.submit("new entry", entry_results(0.7, label="two"))
    board.submit("old entry", entry_results(0.8, label="three"))
    assert [row["name"] for row in Leaderboard(url, BOARD).rows()] == ["old entry", "new entry"]
    assert [each.ref for each, _ in Leaderboard(url, BOARD).history("old entry")] == ["old entry@1", "old entry@2"]


@pytest.mark.parametrize("schema", old_boards.SCHEMAS)
def test_the_tables_become_those_of_a_new_board(old: Callable[..., str], schema: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    database = Database(old(schema))
    schema_module.bring_up_to_date(database)
    with database._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_revisions_from_the_first_on_make_the_tables_of_a_new_board(new_url: Callable[[], str]) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    database = Database(new_url())
    with database._engine.execution_options(superb_lite_write=True).begin() as connection:
        schema_module._run(connection, "base")
    with database._engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@pytest.mark.parametrize("schema", old_boards.SCHEMAS)
def test_a_file_is_copied_first_and_one_line_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], schema: str
) -> None:
    path = old_file(tmp_path / "b.db", schema)
    before = path.read_bytes()
    (tmp_path / "plain").touch()
    backup = tmp_path / f"b.db.schema-{schema[0]}"
    backup.write_text("somebody's own file")
    Leaderboard(path, BOARD).entries()
    copy = tmp_path / f"{backup.name}.1"
    assert backup.read_text() == "somebody's own file"
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"superb-lite: brought board '{path}' to schema version {SCHEMA_VERSION}")
    assert line.endswith(f"as it was: {copy}")
    assert copy.stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert len(copy.read_bytes()) == len(before)
    assert sqlite3.connect(copy).execute("SELECT value FROM superb_lite_meta").fetchone() == (schema[0],)
    Leaderboard(path, BOARD).entries()
    assert capsys.readouterr().err == ""
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert sqlite3.connect(path).execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_migration_that_fails_leaves_the_board_and_the_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = old_file(tmp_path / "b.db", "2")
    before = sqlite3.connect(path).execute("SELECT * FROM superb_lite_result").fetchall()

    def failing(values: object) -> None:
        raise ZeroDivisionError("an error of ours")

    with monkeypatch.context() as patched:
        patched.setattr("superb_lite_leaderboard.store.rows._measured_json", failing)
        for _ in range(2):
            with pytest.raises(SuperbLiteError, match="cannot be brought to schema version 5: an error of ours"):
                Leaderboard(path, BOARD).rows()
    assert sqlite3.connect(path).execute("SELECT * FROM superb_lite_result").fetchall() == before
    # The second attempt found that its copy was there already.
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.db", "b.db.schema-2"]
    assert len(Leaderboard(path, BOARD).rows()) == 1


def test_a_copy_that_cannot_be_made_leaves_the_board_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = old_file(tmp_path / "b.db", "2")

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("superb_lite_leaderboard.store.files.os.link", full)
    monkeypatch.setattr("superb_lite_leaderboard.store.files.os.replace", full)
    before = path.read_bytes()
    with pytest.raises(SuperbLiteError, match="cannot be copied before it is brought to 5"):
        Leaderboard(path).rows()
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["b.db"]


def test_a_board_of_ones_own_gets_the_columns_of_its_entries(old: Callable[..., str]) -> None:
    url = old("2", "senses")
    assert Leaderboard(url).board.columns == BOARD.columns
    assert len(Leaderboard(url).rows()[0]["tasks"]) == len(BOARD.columns)


def test_a_built_in_board_and_one_of_names_are_known_by_their_names(tmp_path: Path) -> None:
    assert Leaderboard(old_file(tmp_path / "a.db", "2", "quick", [])).board is QUICK
    names = "touch-lite smell-lite/soap"
    assert Leaderboard(old_file(tmp_path / "b.db", "2", names, [])).board.columns == (
        *((t.name, "frozen") for t in TOUCH),
        ("smell-lite/soap", "frozen"),
    )


def test_names_with_spaces_are_put_together_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spaced = TaskSet("own", (task("own/my own reviews", "touch"),))
    monkeypatch.setattr(plugins, "tasksets", lambda: {"own": spaced, "smell-lite": SMELL})
    results = [result("own/my own reviews", modality="touch", values=outcomes("x", 0.5))]
    path = old_file(tmp_path / "b.db", "2", "smell-lite/rose own/my own reviews smell-lite/soap", results)
    assert [name for name, _ in Leaderboard(path).board.columns] == [
        "smell-lite/rose",
        "own/my own reviews",
        "smell-lite/soap",
    ]


@pytest.mark.parametrize("schema", old_boards.SCHEMAS)
@pytest.mark.parametrize("payload", ["{ half", "[]", "3", "[" * 100_000, b"\xff\xfe", None])
def test_a_damaged_result_is_kept_and_named(tmp_path: Path, schema: str, payload: object) -> None:
    path = old_file(tmp_path / "b.db", schema)
    with sqlite3.connect(path) as connection:
        if payload is None:  # one that was edited: only version 3 can tell
            if schema != "3":
                pytest.skip("had no checksums")
            edited = "UPDATE superb_lite_result SET payload = replace(payload, '\"seconds\": 1', '\"seconds\": 2')"
            connection.execute(f"{edited} WHERE id = 2")
        else:
            connection.execute("UPDATE superb_lite_result SET payload = ? WHERE id = 2", (payload,))
    (note,) = Leaderboard(path, BOARD).standings().notes
    assert note.startswith("entry 'old entry': 'smell-lite/soap' (frozen) is damaged: it was so already")
    assert len(Leaderboard(path, BOARD).entries()[0].results) == 4


def test_version_1_did_not_know_several_metrics_of_a_seed(tmp_path: Path) -> None:
    results = entry_results(0.6, label="one")
    results[1] = results[1].replace(metrics={"accuracy": 0.6, "f1": 0.6})
    path = old_file(tmp_path / "b.db", "1", BOARD, results)
    (note,) = Leaderboard(path, BOARD).standings().notes
    assert "'smell-lite/soap' (frozen) is damaged" in note


def test_a_board_of_version_4_gets_checksums(old: Callable[..., str], tmp_path: Path) -> None:
    """What was sound stays so, and what was edited before stays damaged."""
    url = old("3")
    database = Database(url)
    with database._engine.execution_options(superb_lite_write=True).begin() as connection:
        schema_module._run(connection, "3", "4")
        connection.execute(sa.text("UPDATE superb_lite_meta SET value = '4' WHERE key = 'schema'"))
        connection.execute(sa.text("UPDATE superb_lite_result SET tier = 3 WHERE id = 2"))
    board = Leaderboard(url, BOARD, predictions=tmp_path)
    (note,) = board.standings().notes
    assert note.startswith("entry 'old entry': 'smell-lite/soap' (frozen) is damaged: it was so already")
    assert len(board.entries()[0].results) == 4
    board.submit("new entry", entry_results(0.7, label="two"))
    assert {entry.name for entry in Leaderboard(url).entries()} == {"old entry", "new entry"}


@pytest.mark.parametrize("version", ["0", "6", "99", "x\x1b[2J", "-1"])
def test_a_schema_that_is_not_known_is_refused_and_left_alone(tmp_path: Path, version: str) -> None:
    path = old_file(tmp_path / "b.db", "3")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE superb_lite_meta SET value = ? WHERE key = 'schema'", (version,))
    before = path.read_bytes()
    with pytest.raises(SuperbLiteError, match="but this superb_lite reads 5: use the version that wrote it"):
        Leaderboard(path).rows()
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["b.db"]


def _open(url: str, barrier: object, found: object) -> None:
    barrier.wait()  # type: ignore[attr-defined]
    try:
        told = str(len(Leaderboard(url, BOARD).entries()))
        Leaderboard(url, BOARD).create()
    except SuperbLiteError as error:
        told = str(error)
    found.put(told)  # type: ignore[attr-defined]
    os._exit(0)


@pytest.mark.parametrize("schema", ["new", "2", "3"])
def test_sixteen_processes_open_a_board_at_once(new_url: Callable[[], str], schema: str) -> None:
    context = multiprocessing.get_context("fork")  # keeps the registered made-up tasks
    url = new_url()
    if schema != "new":
        old_boards.make(url, schema, BOARD, entry_results(0.6, label="one"))
    barrier, found = context.Barrier(16), context.SimpleQueue()
    workers = [context.Process(target=_open, args=(url, barrier, found)) for _ in range(16)]
    for worker in workers:
        worker.start()
    told = [found.get() for _ in workers]
    for worker in workers:
        worker.join(60)
    print(f"16 processes opened a board ({schema}): {sorted(set(told))}")
    assert told == ["0" if schema == "new" else "1"] * 16
    assert Leaderboard(url).board.columns == BOARD.columns
    path = Database(url).path
    if path is not None and schema != "new":
        assert [p.name for p in path.parent.glob("*.schema-*")] == [f"{path.name}.schema-{schema}"]


def test_foreign_keys_hold(tmp_path: Path) -> None:
    board = Leaderboard(tmp_path / "b.db", BOARD)
    board.submit("one", entry_results(0.6, label="one"))
    with pytest.raises(SuperbLiteError):
        board._write(lambda session: session.execute(sa.text("DELETE FROM superb_lite_clusters")))
