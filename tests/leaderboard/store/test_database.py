"""Which database a board's name stands for, what is not a board, and what is never printed."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import threading
from pathlib import Path

import pytest
from synthetic_results import BOARD, entry_results

from superb_lite.errors import SuperbLiteError
from superb_lite_leaderboard.store.database import Database
from superb_lite_leaderboard.store.leaderboard import Leaderboard

ODD = ("run?1", "run?2", "per%20cent", "a#b", "a b", "x:y", ":memory:", "file:x", "sqlite:", "höhe")


def boards(directory: Path) -> list[Path]:
    """What lies in a directory but the folders of predictions."""
    return [path for path in directory.iterdir() if not path.name.endswith(".predictions")]


def submit(url: str | Path) -> None:
    Leaderboard(url, BOARD).submit("one", entry_results(0.5, label="one"))


@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_is_a_path_whatever_it_looks_like(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[str] | type[Path]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ODD:
        submit(kind(f"{name}/board?x=1.sqlite"))
        submit(kind(f"{name}.db"))
    found = {
        str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.suffix != ".parquet" and path.is_file()
    }
    assert found == {f"{name}/board?x=1.sqlite" for name in ODD} | {f"{name}.db" for name in ODD}
    assert all(Leaderboard(kind(f"{name}.db")).board == BOARD for name in ODD)


def test_a_url_of_a_known_scheme_is_a_url(tmp_path: Path) -> None:
    submit(f"sqlite:///{tmp_path / 'b.db'}")
    submit(f"sqlite+pysqlite:///{tmp_path / 'c.db'}")
    assert {path.name for path in boards(tmp_path)} == {"b.db", "c.db"}
    # A scheme in the middle is a part of a path.
    submit(f"{tmp_path}/a/sqlite://b.db")
    assert (tmp_path / "a" / "sqlite:" / "b.db").is_file()


def test_an_unknown_scheme_is_refused_and_no_directory_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SuperbLiteError, match=r"'nosuch://\.\.\.' is not a board: no database is called 'nosuch'"):
        Database("nosuch://host/db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg2://user:s3cret@host/db",
        "postgresql://user:s3cret@host:port/db",
        "postgresql://user:s3cret@[::1/db",
        "postgresql://user:s3cret@host:99999999999999999999/db",
        "postgresql+nosuchdriver://user:s3cret@host/db",
        "postgre://user:s3cret@host/db",
        "mysql://user@host/db?password=s3cret",
        "mysql+pymysql://user:s3cret@host/db?ssl_key=s3cret",
        "sqlite:///b.db?timeout=never&password=s3cret",
        "sqlite://user:s3cret@host/b.db",
        "sqlite:///b.db?nosuch=1&password=s3cret",
        "a\0b://user",
        "a\0b",
    ],
)
def test_a_url_that_cannot_be_used_is_one_line_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SuperbLiteError) as error:
        submit(url)
    assert "s3cret" not in str(error.value)
    assert str(error.value).isprintable()
    assert len(str(error.value)) <= 300


def test_a_missing_driver_is_named() -> None:
    with pytest.raises(
        SuperbLiteError, match=r"user:\*\*\*@host/db' needs the package 'psycopg2': pip install psycopg2"
    ):
        Database("postgresql+psycopg2://user:secret@host/db")


def test_a_password_in_a_drivers_message_is_hidden() -> None:
    database = Database("sqlite:///file:b.db?uri=true&password=s3cret")
    assert database._clean("no user with\n s3cret") == "no user with ***"
    assert "s3cret" not in str(database)


def refused(path: Path) -> str:
    """What reading and writing say, which must be the same one line."""
    found = set()
    for action in (lambda: Leaderboard(path).rows(), lambda: submit(path)):
        with pytest.raises(SuperbLiteError) as error:
            action()
        found.add(str(error.value))
    (line,) = found
    assert f"'{path}'" in line
    assert "\n" not in line
    return line


def test_what_is_no_database_is_one_line_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "board.db"
    path.mkdir()
    assert "not a file that can hold a board" in refused(path)
    path.rmdir()
    path.write_text("not a database at all, " * 100)
    assert "file is not a database" in refused(path)
    path.write_bytes(b"")
    assert "is not a board: the file is empty" in refused(path)
    assert path.read_bytes() == b""


def test_a_fifo_does_not_hang(tmp_path: Path) -> None:
    path = tmp_path / "board.db"
    os.mkfifo(path)
    lines: list[str] = []
    worker = threading.Thread(target=lambda: lines.append(refused(path)), daemon=True)
    worker.start()
    worker.join(20)
    assert len(lines) == 1


@pytest.mark.parametrize("page", [1, 2, 3, -1])
def test_a_damaged_page_is_one_line_and_what_is_whole_is_read(tmp_path: Path, page: int) -> None:
    path = tmp_path / "board.db"
    submit(path)
    content = bytearray(path.read_bytes())
    start = 4096 * page if page > 0 else len(content) - 4096
    content[start : start + 4096] = b"\xa5" * 4096
    path.write_bytes(content)
    with pytest.raises(SuperbLiteError, match=r"damaged|malformed") as error:
        submit(path)
    assert f"'{path}'" in str(error.value)
    try:
        (note, *_) = Leaderboard(path, BOARD).standings().notes
    except SuperbLiteError as error_of_reading:
        note = str(error_of_reading)
        assert f"'{path}'" in note
    assert "damaged" in note or "malformed" in note
    assert path.read_bytes() == content


def test_a_file_is_checked_once_for_each_opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "board.db"
    submit(path)
    calls: list[Database] = []
    check = Database.check_file
    monkeypatch.setattr(Database, "check_file", lambda self: (calls.append(self), check(self))[1])
    board = Leaderboard(path)
    board.rows()
    board.rows()
    board.submit("two", entry_results(0.6, label="two"))
    assert len(calls) == 1


def test_a_new_board_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "board.db"
    database = Database(path)

    def work(session: object) -> None:
        assert not path.exists()
        raise SuperbLiteError("refused")

    with pytest.raises(SuperbLiteError, match="refused"):
        database.write(work)
    assert list(tmp_path.iterdir()) == []
    # Where another process is faster, its board is the one that is written to.
    monkeypatch.setattr(Database, "exists", lambda self: True)
    other = Leaderboard(path, BOARD)
    seen: list[int] = []

    def late(session: object) -> None:
        if not path.exists():
            submit(path)
        seen.append(1)

    database.write(late)
    assert len(seen) == 2
    assert [row["name"] for row in other.rows()] == ["one"]
    assert [path.name for path in boards(tmp_path)] == ["board.db"]
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_a_killed_process_left_of_a_new_board_is_deleted_the_next_time(tmp_path: Path) -> None:
    path, own = tmp_path / "board.db", tmp_path / ".board.db.new-notes"
    own.mkdir()  # somebody's directory of such a name

    def die(session: object) -> None:
        os._exit(9)

    process = multiprocessing.get_context("fork").Process(target=Database(path).write, args=(die,))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    (left,) = set(boards(tmp_path)) - {own}

    def slow(session: object) -> None:
        """Another process makes the board, and writes to it once more, while this one is at work."""
        mine = set(boards(tmp_path)) - {own, path}
        assert left not in mine
        if not path.exists():
            submit(path)
            Leaderboard(path, BOARD).submit("two", entry_results(0.6, label="two"))
            assert set(boards(tmp_path)) == {own, path, *mine}

    Database(path).write(slow)
    assert set(boards(tmp_path)) == {own, path}
