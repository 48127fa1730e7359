"""The store: what it keeps, what it refuses, and that nothing damages it."""

from __future__ import annotations

import multiprocessing
import os
import resource
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from synthetic_results import BOARD, entry_results

from superb_lite import SuperbLiteError
from superb_lite.results.result import Result
from superb_lite_leaderboard.board import CORE, board_of
from superb_lite_leaderboard.store import Leaderboard

NO_PREDICTIONS = {"predictions": {}, "cluster_index": ()}


def change(**changes: object) -> Callable[[Result], Result]:
    return lambda result: result.replace(**changes)


def one_line(error: pytest.ExceptionInfo[SuperbLiteError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


def test_an_entry_comes_back_as_it_was_without_predictions(leaderboard: Leaderboard) -> None:
    results = entry_results(0.7, label="one")
    leaderboard.submit("one", results)
    (entry,) = Leaderboard(str(leaderboard._database.path), BOARD).entries()
    assert entry.name == "one"
    assert entry.results == tuple(r.without_predictions() for r in results)
    assert entry.encoders == {"smell": "random:one-smell", "touch": "random:one-touch"}


def test_a_url_and_a_path_name_the_same_board(tmp_path: Path) -> None:
    Leaderboard(f"sqlite:///{tmp_path / 'b.db'}", BOARD).submit("one", entry_results(0.7, label="one"))
    assert [row["name"] for row in Leaderboard(tmp_path / "b.db", BOARD).rows()] == ["one"]


def test_a_board_in_memory(tmp_path: Path) -> None:
    board = Leaderboard("sqlite://", BOARD)
    assert board.rows() == []
    board.submit("one", entry_results(0.7, label="one"))
    assert len(board.rows()) == 1


def test_reading_creates_nothing(tmp_path: Path) -> None:
    assert Leaderboard(tmp_path / "new" / "b.db", BOARD).rows() == []
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_an_empty_board(tmp_path: Path) -> None:
    (tmp_path / "b.db").touch()
    assert Leaderboard(tmp_path / "b.db", BOARD).rows() == []


def test_a_name_is_taken_once_and_can_be_replaced(leaderboard: Leaderboard) -> None:
    leaderboard.submit("one", entry_results(0.3, label="old"))
    with pytest.raises(SuperbLiteError, match="has an entry 'one' already") as error:
        leaderboard.submit("one", entry_results(0.7, label="new"))
    one_line(error)
    assert leaderboard.entries()[0].encoders["smell"] == "random:old-smell"
    leaderboard.submit("one", entry_results(0.7, label="new", modalities=["touch"]), replace=True)
    (entry,) = leaderboard.entries()
    assert entry.encoders == {"touch": "random:new-touch"}
    assert len(entry.results) == 2


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
        (change(modality="touch"), "is a smell task"),
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
    leaderboard.submit("one", entry_results(0.5, label="one"))
    results = entry_results(0.6, label="two")
    with pytest.raises(SuperbLiteError, match="other data") as error:
        leaderboard.submit("two", [*results[:-1], spoil(results[-1])])
    assert "'touch-lite/sand'" in one_line(error)
    assert [entry.name for entry in leaderboard.entries()] == ["one"]


def test_the_only_entry_can_be_replaced_by_one_on_other_data(leaderboard: Leaderboard) -> None:
    leaderboard.submit("one", entry_results(0.5, label="one"))
    other = [r.replace(data_sha256="f" * 64) for r in entry_results(0.5, label="one")]
    leaderboard.submit("one", other, replace=True)
    assert leaderboard.entries()[0].results[0].data_sha256 == "f" * 64


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


def _submit_on_a_full_disk(path: Path, messages: object) -> None:
    limit = path.stat().st_size + 8192
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        Leaderboard(path, BOARD).submit("big", entry_results(0.6, label="big"))
    except SuperbLiteError as error:
        messages.put(str(error))  # type: ignore[attr-defined]
    else:
        messages.put("stored")  # type: ignore[attr-defined]


def test_a_full_disk_is_one_line_and_leaves_the_board_as_it_was(leaderboard: Leaderboard) -> None:
    leaderboard.submit("one", entry_results(0.5, label="one"))
    path = leaderboard._database.path
    assert path is not None
    before = leaderboard.rows()
    context = multiprocessing.get_context("fork")
    messages = context.SimpleQueue()
    worker = context.Process(target=_submit_on_a_full_disk, args=(path, messages))
    worker.start()
    message = messages.get()
    worker.join(30)
    assert message.startswith(f"board '{path}': ")
    assert "\n" not in message
    assert leaderboard.rows() == before
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    leaderboard.submit("two", entry_results(0.6, label="two"))


def _die_inside(path: Path) -> None:
    board = Leaderboard(path, BOARD)
    with board._session(write=True) as session:
        from superb_lite_leaderboard.models import EntryRow

        session.add(EntryRow(name="half", submitted="now"))
        session.flush()
        os._exit(9)


def test_a_killed_submission_leaves_nothing_behind(leaderboard: Leaderboard) -> None:
    leaderboard.submit("one", entry_results(0.5, label="one"))
    assert leaderboard._database.path is not None
    worker = multiprocessing.get_context("fork").Process(target=_die_inside, args=(leaderboard._database.path,))
    worker.start()
    worker.join(30)
    assert worker.exitcode == 9
    assert [entry.name for entry in leaderboard.entries()] == ["one"]
    leaderboard.submit("two", entry_results(0.6, label="two"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to a read-only directory")
def test_a_read_only_directory_can_be_read_but_not_written(leaderboard: Leaderboard) -> None:
    leaderboard.submit("one", entry_results(0.5, label="one"))
    assert leaderboard._database.path is not None
    directory = leaderboard._database.path.parent
    directory.chmod(0o555)
    try:
        with pytest.raises(SuperbLiteError, match=str(directory)) as error:
            leaderboard.submit("two", entry_results(0.6, label="two"))
        one_line(error)
        assert len(leaderboard.rows()) == 1
    finally:
        directory.chmod(0o755)


def test_a_read_only_database_is_one_line(leaderboard: Leaderboard, tmp_path: Path) -> None:
    leaderboard.submit("one", entry_results(0.5, label="one"))
    board = Leaderboard(f"sqlite:///file:{leaderboard._database.path}?mode=ro&uri=true", BOARD)
    assert len(board.rows()) == 1
    with pytest.raises(SuperbLiteError, match="readonly") as error:
        board.submit("two", entry_results(0.6, label="two"))
    assert str(leaderboard._database.path) in one_line(error)


@pytest.mark.parametrize("content", ["not a database at all, " * 100, None])
def test_what_is_no_database_is_one_line(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "board.db"
    if content is None:
        path.mkdir()
    else:
        path.write_text(content)
    board = Leaderboard(path, BOARD)
    for action in (board.rows, lambda: board.submit("one", entry_results(0.5, label="one"))):
        with pytest.raises(SuperbLiteError, match=str(path)) as error:
            action()
        one_line(error)


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


def test_another_schema_version_is_refused(leaderboard: Leaderboard) -> None:
    leaderboard.submit("one", entry_results(0.5, label="one"))
    assert leaderboard._database.path is not None
    with sqlite3.connect(leaderboard._database.path) as connection:
        connection.execute("UPDATE superb_lite_meta SET value = '99'")
    with pytest.raises(SuperbLiteError, match="schema version 99"):
        leaderboard.rows()


@pytest.mark.parametrize("url", ["nosuch://host/db", "://"])
def test_a_url_that_means_nothing_is_one_line(url: str) -> None:
    with pytest.raises(SuperbLiteError, match="not a board") as error:
        Leaderboard(url)
    one_line(error)


def test_a_missing_driver_is_named() -> None:
    with pytest.raises(SuperbLiteError, match="psycopg2"):
        Leaderboard("postgresql+psycopg2://user:secret@host/db")


def test_a_password_is_never_printed() -> None:
    with pytest.raises(SuperbLiteError) as error:
        Leaderboard("postgresql+psycopg2://user:secret@host/db")
    assert "secret" not in str(error.value)


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
    # A board of one's own is not found by its name, only by whoever brings it.
    Leaderboard(tmp_path / "mine.db", BOARD).submit("one", results)
    with pytest.raises(SuperbLiteError, match="'senses'"):
        _ = Leaderboard(tmp_path / "mine.db").board


def test_a_board_of_names_has_every_task_once_under_its_default_protocol() -> None:
    board = board_of(["touch-lite", "smell-lite/soap", "touch-lite/sand"])
    assert board.columns == (
        ("touch-lite/silk", "frozen"),
        ("touch-lite/sand", "frozen"),
        ("smell-lite/soap", "frozen"),
    )
    assert board.name == "touch-lite smell-lite/soap touch-lite/sand"
    with pytest.raises(SuperbLiteError, match="cannot be stored"):
        board_of(["touch-lite/silk"] * 20)
