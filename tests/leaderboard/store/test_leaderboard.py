"""The store: what it keeps, what it refuses, and that nothing damages it."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from board_pages import page
from sqlalchemy.orm import Session
from synthetic_results import BOARD, TOUCH, entry_results, outcomes, result, task

from superb_lite import SuperbLiteError, plugins
from superb_lite.results.result import Result
from superb_lite.tasks.taskset import Board, TaskSet
from superb_lite_leaderboard.board import CORE, board_of
from superb_lite_leaderboard.entry import About, Submitted, Tier
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.store.models import EntryRow
from superb_lite_leaderboard.terminal.board import several_encoders
from superb_lite_leaderboard.views.board import BoardView
from tests.superb_lite.made_up_results import without_predictions

NO_PREDICTIONS = {"predictions": {}, "cluster_index": ()}


def change(**changes: object) -> Callable[[Result], Result]:
    return lambda result: result.replace(**changes)


def one_line(error: pytest.ExceptionInfo[SuperbLiteError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


def test_an_entry_comes_back_as_it_was_without_predictions(file_board: Leaderboard) -> None:
    results = entry_results(0.7, label="one")
    file_board.submit("one", results)
    board = Leaderboard(str(file_board._database.path), BOARD)
    (entry,) = board.entries()
    assert entry.name == "one"
    assert [board.result(measured) for measured in entry.results] == [without_predictions(r) for r in results]
    assert entry.encoders == {"smell": "random:one-smell", "touch": "random:one-touch"}


def test_a_url_and_a_path_name_the_same_board(tmp_path: Path) -> None:
    Leaderboard(f"sqlite:///{tmp_path / 'b.db'}", BOARD).submit("one", entry_results(0.7, label="one"))
    assert [row["name"] for row in Leaderboard(tmp_path / "b.db", BOARD).rows()] == ["one"]


def rerun(results: Sequence[Result]) -> list[Submitted]:
    return [Submitted(result, Tier.RERUN) for result in results]


def test_a_board_in_memory(tmp_path: Path) -> None:
    board = Leaderboard("sqlite://", BOARD)
    assert board.rows() == []
    board.submit("one", entry_results(0.7, label="one"))
    assert len(board.rows()) == 1


def test_reading_creates_nothing(tmp_path: Path) -> None:
    assert Leaderboard(tmp_path / "new" / "b.db", BOARD).rows() == []
    assert list(tmp_path.iterdir()) == []


def test_a_created_board_is_found_without_naming_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "my board?1.sqlite"
    Leaderboard(path, BOARD).create()
    found = Leaderboard(str(path))
    assert found.board == BOARD
    assert found.entries() == ()
    found.submit("one", entry_results(0.7, label="one"))
    assert [entry.name for entry in Leaderboard(path, BOARD).create().entries()] == ["one"]


def test_a_board_is_created_for_registered_tasks_and_in_its_own_file(tmp_path: Path) -> None:
    path = tmp_path / "b.db"
    with pytest.raises(SuperbLiteError, match="nowhere/task"):
        Leaderboard(path, Board("mine", 1, (("nowhere/task", "frozen"),))).create()
    assert list(tmp_path.iterdir()) == []
    Leaderboard(path, BOARD).create()
    with pytest.raises(SuperbLiteError, match="ranks by"):
        Leaderboard(path, Board("mine", 1, BOARD.columns)).create()


def test_a_name_that_is_there_gets_another_version(leaderboard: Leaderboard) -> None:
    first = leaderboard.submit("one", entry_results(0.3, label="old"))
    second = leaderboard.submit("one", entry_results(0.7, label="new", modalities=["touch"]), About(licence="MIT"))
    assert (first.ref, second.ref) == ("one@1", "one@2")
    assert leaderboard.entries() == (second,)
    assert leaderboard.entry("one") == leaderboard.entry("one@2") == second
    assert leaderboard.entry("one@1") == first
    versions = [entry for entry, _ in leaderboard.history("one")]
    assert [entry.encoders for entry in versions] == [first.encoders, {"touch": "random:new-touch"}]
    with pytest.raises(SuperbLiteError, match="no version 3"):
        leaderboard.entry("one@3")
    with pytest.raises(SuperbLiteError, match="did you mean"):
        leaderboard.entry("onw")


def test_the_same_content_is_stored_once(leaderboard: Leaderboard) -> None:
    results = entry_results(0.3, label="old")
    first = leaderboard.submit("one", results)
    assert leaderboard.submit("one", results) == first
    checked = leaderboard.submit("one", [Submitted(result, Tier.RERUN) for result in results])
    assert (checked.version, checked.tier) == (2, Tier.RERUN)
    assert leaderboard.submit("two", results).ref == "two@1"


def test_what_is_withdrawn_stands_no_more_and_is_not_forgotten(leaderboard: Leaderboard) -> None:
    leaderboard.submit("one", entry_results(0.3, label="old"))
    leaderboard.submit("one", entry_results(0.7, label="new"))
    gone = leaderboard.withdraw("one", "trained on the test\nitems")
    assert (gone.ref, bool(gone.withdrawn)) == ("one@2", True)
    assert [entry.ref for entry in leaderboard.entries()] == ["one@1"]
    (_, _), (found, events) = leaderboard.history("one")
    assert found.withdrawn
    assert "its data is not on this machine" in events[0].detail
    assert [(event.kind, event.detail) for event in events[1:]] == [
        ("withdrawn", "trained on the test\\nitems"),
    ]
    with pytest.raises(SuperbLiteError, match="'one@2' was withdrawn already"):
        leaderboard.withdraw("one@2")
    leaderboard.withdraw("one")
    assert leaderboard.entries() == ()
    assert leaderboard.submit("one", entry_results(0.7, label="new")).version == 3


def test_all_versions_are_renamed(leaderboard: Leaderboard) -> None:
    leaderboard.submit("one", entry_results(0.3, label="old"))
    leaderboard.submit("one", entry_results(0.7, label="new"))
    leaderboard.submit("two", entry_results(0.5, label="other"))
    with pytest.raises(SuperbLiteError, match="there is an entry 'two' already"):
        leaderboard.rename("one", "two")
    leaderboard.rename("one", "three")
    assert {entry.ref for entry in leaderboard.entries()} == {"three@2", "two@1"}
    assert [events[-1].detail for _, events in leaderboard.history("three")] == ["it was called 'one'"] * 2
    with pytest.raises(SuperbLiteError, match="unknown entry"):
        leaderboard.rename("one", "four")


def test_a_result_is_promoted(leaderboard: Leaderboard) -> None:
    entry = leaderboard.submit("one", entry_results(0.3, label="old"))
    assert entry.tier is Tier.REPORTED
    better = leaderboard.promote(entry, entry.results[:2], Tier.RERUN, "run again")
    assert [result.tier for result in better.results] == [3, 3, 1, 1, 1]
    assert better.tier is Tier.REPORTED
    assert leaderboard.standings().notes == ()
    assert leaderboard.history("one")[0][1][-1].kind == "promoted"


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 101, " padded", "bell\a"])
def test_bad_names_are_refused(leaderboard: Leaderboard, name: str) -> None:
    with pytest.raises(SuperbLiteError, match="entry name") as error:
        leaderboard.submit(name, entry_results(0.5, label="one"))
    one_line(error)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (change(task_version=2), "task version 2"),
        (change(limit=20), "only 20 test examples"),
        (change(metrics={"f1": 0.5}), "metrics must be accuracy"),
        (change(task="smell-lite/cheese"), "not a column of board 'senses' version 7"),
        (change(protocol="knn"), "not a column"),
        (change(modality="touch"), "on a task of smell, but says touch"),
        (lambda r: r.replace(seeds=(*r.seeds[1:], r.seeds[0])), "seeds must be"),
        (lambda r: r.replace(clusters=("all",), pseudo_values=((0.5,),) * 3, **NO_PREDICTIONS), "at least 2 clusters"),
    ],
)
def test_bad_results_are_refused_by_name_and_nothing_is_stored(
    leaderboard: Leaderboard, spoil: Callable[[Result], Result], message: str
) -> None:
    results = entry_results(0.5, label="one")
    with pytest.raises(SuperbLiteError, match=message) as error:
        leaderboard.submit("one", [spoil(results[0]), *results[1:]])
    assert "'random:one-smell'" in one_line(error)
    assert leaderboard.rows() == []


def test_two_encoders_of_one_modality_are_both_named(leaderboard: Leaderboard) -> None:
    smell, touch = entry_results(0.5, label="a"), entry_results(0.5, label="b")
    mixed = [smell[0], touch[1], *smell[2:]]
    with pytest.raises(SuperbLiteError, match="one encoder a modality") as error:
        leaderboard.submit("mixed", mixed)
    assert "'random:a-smell'" in one_line(error)
    assert "'random:b-smell'" in one_line(error)


def test_a_result_twice_and_no_result_are_refused(leaderboard: Leaderboard) -> None:
    results = entry_results(0.5, label="one")
    with pytest.raises(SuperbLiteError, match="stands twice"):
        leaderboard.submit("one", [*results, results[0]])
    with pytest.raises(SuperbLiteError, match="at least one result"):
        leaderboard.submit("one", [])


@pytest.mark.parametrize(
    "spoil", [change(data_sha256="f" * 64), change(clusters=tuple(f"other-{i}" for i in range(200)))]
)
def test_other_data_than_the_boards_is_refused(leaderboard: Leaderboard, spoil: Callable[[Result], Result]) -> None:
    leaderboard.submit("one", rerun(entry_results(0.5, label="one")))
    results = entry_results(0.6, label="two")
    with pytest.raises(SuperbLiteError, match="other data") as error:
        leaderboard.submit("two", [*results[:-1], spoil(results[-1])])
    assert "'touch-lite/sand'" in one_line(error)
    assert [entry.name for entry in leaderboard.entries()] == ["one"]


def test_made_up_data_that_came_first_locks_nobody_out(leaderboard: Leaderboard) -> None:
    forged = [r.replace(data_sha256="f" * 64) for r in entry_results(0.9, label="forged")]
    leaderboard.submit("forged", forged)
    leaderboard.submit("honest", rerun(entry_results(0.5, label="honest")))
    standings = leaderboard.standings()
    rows = {row.name: row for row in standings.rows}
    assert rows["honest"].overall is not None
    assert rows["forged"].tasks == {}
    assert len(standings.notes) == 5
    assert all("entry 'forged'" in note and "other data" in note for note in standings.notes)


def _submit_many(path: Path, label: str, barrier: object) -> None:
    barrier.wait()  # type: ignore[attr-defined]
    for i in range(5):
        Leaderboard(path, BOARD).submit(f"{label}-{i}", entry_results(0.5, label=label))


def test_two_processes_submit_at_the_same_time(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")  # keeps the registered made-up tasks
    barrier = context.Barrier(2)
    path = tmp_path / "board.db"
    workers = [context.Process(target=_submit_many, args=(path, label, barrier)) for label in ("a", "b")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert sorted(e.name for e in Leaderboard(path, BOARD).entries()) == sorted(
        f"{label}-{i}" for label in "ab" for i in range(5)
    )


def _die_inside(path: Path) -> None:
    def work(session: Session) -> None:
        session.add(EntryRow(name="half", version=1, submitted="now", about="{}"))
        session.flush()
        os._exit(9)

    Leaderboard(path, BOARD)._write(work)


def test_a_killed_submission_leaves_nothing_behind(file_board: Leaderboard) -> None:
    file_board.submit("one", entry_results(0.5, label="one"))
    assert file_board._database.path is not None
    worker = multiprocessing.get_context("fork").Process(target=_die_inside, args=(file_board._database.path,))
    worker.start()
    worker.join(30)
    assert worker.exitcode == 9
    assert [entry.name for entry in file_board.entries()] == ["one"]
    file_board.submit("two", entry_results(0.6, label="two"))


def test_a_read_only_database_is_one_line(file_board: Leaderboard, tmp_path: Path) -> None:
    file_board.submit("one", entry_results(0.5, label="one"))
    board = Leaderboard(f"sqlite:///file:{file_board._database.path}?mode=ro&uri=true", BOARD)
    assert len(board.rows()) == 1
    with pytest.raises(SuperbLiteError, match="readonly") as error:
        board.submit("two", entry_results(0.6, label="two"))
    assert str(file_board._database.path) in one_line(error)


def test_a_directory_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SuperbLiteError, match="cannot create"):
        Leaderboard(tmp_path / "file" / "board.db", BOARD).submit("one", entry_results(0.5, label="one"))


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "places.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE places (url TEXT)")
    with pytest.raises(SuperbLiteError, match="not a leaderboard"):
        Leaderboard(path, BOARD).submit("one", entry_results(0.5, label="one"))
    tables = sqlite3.connect(path).execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("places",)]


def test_another_schema_version_is_refused(file_board: Leaderboard) -> None:
    file_board.submit("one", entry_results(0.5, label="one"))
    assert file_board._database.path is not None
    with sqlite3.connect(file_board._database.path) as connection:
        connection.execute("UPDATE superb_lite_meta SET value = '99'")
    with pytest.raises(SuperbLiteError, match="schema version 99"):
        file_board.rows()


def test_a_file_remembers_what_it_ranks_by(tmp_path: Path) -> None:
    path = tmp_path / "touch.db"
    results = [r for r in entry_results(0.7, label="one") if r.modality == "touch"]
    assert Leaderboard(path).board is CORE
    Leaderboard(path, board_of(["touch-lite"])).submit("one", results)
    assert Leaderboard(path).board == board_of(["touch-lite"])
    assert [row["name"] for row in Leaderboard(path).rows()] == ["one"]
    with pytest.raises(SuperbLiteError, match="ranks by 'touch-lite', not by 'senses': take a new file") as error:
        Leaderboard(path, BOARD).submit("two", results)
    one_line(error)
    Leaderboard(tmp_path / "mine.db", BOARD).submit("one", results)
    assert Leaderboard(tmp_path / "mine.db").board == BOARD
    assert [row["name"] for row in Leaderboard(tmp_path / "mine.db").rows()] == ["one"]


def test_a_board_of_names_with_spaces_is_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spaced = task("touch-lite/two words", "touch")
    monkeypatch.setattr(plugins, "tasksets", lambda: {"touch-lite": TaskSet("touch-lite", (*TOUCH.tasks, spaced))})
    path = tmp_path / "b.db"
    results = [result("touch-lite/two words", modality="touch", values=outcomes("x", 0.5))]
    Leaderboard(path, board_of(["touch-lite/two words", "touch-lite/silk"])).submit("one", results)
    assert Leaderboard(path).board.columns == (("touch-lite/two words", "frozen"), ("touch-lite/silk", "frozen"))
    assert list(Leaderboard(path).rows()[0]["tasks"]) == ["touch-lite/two words"]


def test_a_built_in_board_is_the_one_of_this_version(tmp_path: Path) -> None:
    path = tmp_path / "b.db"
    Leaderboard(path, CORE)._write(lambda session: None)
    assert Leaderboard(path).board is CORE
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE superb_lite_board SET version = 1")
        connection.execute("DELETE FROM superb_lite_meta WHERE key = 'board'")  # as an older superb_lite left it
    assert Leaderboard(path).board is CORE
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE superb_lite_board SET name = 'gone'")
    with pytest.raises(SuperbLiteError, match="'gone', which is not a built-in board") as error:
        _ = Leaderboard(path).board
    assert str(path) in one_line(error)


def test_a_refused_submission_leaves_no_file(tmp_path: Path) -> None:
    board = Leaderboard(tmp_path / "new" / "b.db", BOARD)
    results = entry_results(0.5, label="one")
    for refused in ([], [results[0].replace(limit=20)], [results[0].replace(task="smell-lite/cheese")]):
        with pytest.raises(SuperbLiteError):
            board.submit("one", refused)
    assert list(tmp_path.iterdir()) == []


def test_merging_keeps_what_the_entry_holds_of_other_modalities(leaderboard: Leaderboard) -> None:
    old, new = rerun(entry_results(0.3, label="old")), rerun(entry_results(0.7, label="new", modalities=["touch"]))
    leaderboard.merge("one", old)
    leaderboard.merge("one", new)
    assert leaderboard.merge("one", new).version == 2
    (entry,) = leaderboard.entries()
    assert leaderboard.result(entry.results[-1]) == new[-1].result.replace(predictions={}, cluster_index=())
    assert entry.encoders == {"smell": "random:old-smell", "touch": "random:new-touch"}
    assert len(entry.results) == len(old)
    with pytest.raises(SuperbLiteError, match="other data"):
        leaderboard.merge("two", [r.replace(data_sha256="f" * 64) for r in entry_results(0.3, label="x")])
    assert leaderboard.entries() == (entry,)


def test_an_entry_of_several_encoders_says_which_one_each_task_has(leaderboard: Leaderboard) -> None:
    mixed = [
        r.replace(encoder=f"raw:{r.task.split('/')[1]}", encoder_hash=hashlib.sha256(r.task.encode()).hexdigest())
        for r in entry_results(0.3, label="x", modalities=["touch"])
    ]
    with pytest.raises(SuperbLiteError, match="an entry has one encoder a modality"):
        leaderboard.merge("simple baselines", mixed)
    leaderboard.merge("simple baselines", mixed, several=True)
    (row,) = leaderboard.rows()
    assert row["encoders"] == {"touch": "raw:silk, raw:sand"}
    assert {key: found["encoder"] for key, found in row["tasks"].items()} == {
        "touch-lite/silk": "raw:silk",
        "touch-lite/sand": "raw:sand",
    }
    standings = leaderboard.standings()
    told = "'simple baselines', touch, the best by validation: raw:silk on silk; raw:sand on sand"
    view = BoardView.of(standings, leaderboard.entries())
    assert several_encoders(view.headings, view.rows) == [told]
    assert page(leaderboard).count('<div class="encoder">raw:silk</div>') == 1


def _merge(path: Path, modality: str, barrier: object) -> None:
    for name in ("pretrained", "random twins", "simple baselines"):
        results = entry_results(0.5, label="one", modalities=[modality])
        barrier.wait()  # type: ignore[attr-defined]
        Leaderboard(path, BOARD).merge(name, results)


def test_two_processes_that_merge_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    path = tmp_path / "board.db"
    for _ in range(3):
        barrier = context.Barrier(2)
        workers = [context.Process(target=_merge, args=(path, m, barrier)) for m in ("smell", "touch")]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        assert [worker.exitcode for worker in workers] == [0, 0]
        entries = Leaderboard(path, BOARD).entries()
        assert {entry.name for entry in entries} == {"pretrained", "random twins", "simple baselines"}
        assert all(set(entry.encoders) == {"smell", "touch"} for entry in entries)
        path.unlink()


def test_predictions_are_kept_by_their_hash(leaderboard: Leaderboard) -> None:
    (entry,) = (leaderboard.submit("one", entry_results(0.5, label="one")),)
    measured = entry.results[0]
    found = leaderboard.predictions(measured)
    assert found is not None
    assert sorted(found.of_seeds) == list(measured.seeds)
    path = leaderboard._predictions.path(measured.predictions_sha256)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SuperbLiteError, match="does not hold predictions"):
        leaderboard.predictions(measured)
    path.unlink()
    assert leaderboard.predictions(measured) is None


def test_a_board_of_names_has_every_task_once_under_its_default_protocol() -> None:
    board = board_of(["touch-lite", "smell-lite/soap", "touch-lite/sand"])
    assert board.columns == (
        ("touch-lite/silk", "frozen"),
        ("touch-lite/sand", "frozen"),
        ("smell-lite/soap", "frozen"),
    )
    assert board.name == "touch-lite smell-lite/soap touch-lite/sand"
