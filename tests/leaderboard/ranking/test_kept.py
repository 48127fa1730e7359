"""Standings that are kept in the database: the same numbers, and never a reason to fail."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from synthetic_results import BOARD, entry_results
from test_comparisons import made_up_entries, many, wide_board

from superb_lite_leaderboard.board import Column, resolve_columns
from superb_lite_leaderboard.entry import Submitted, Tier
from superb_lite_leaderboard.ranking import comparisons, kept
from superb_lite_leaderboard.ranking.ranking import rank
from superb_lite_leaderboard.store.leaderboard import Leaderboard


class Memory:
    """Texts by key, and how often one was wanted."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.puts = 0

    def get(self, key: str) -> str | None:
        return self.texts.get(key)

    def put(self, key: str, text: str) -> None:
        self.puts += 1
        self.texts[key] = text


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory:
    monkeypatch.setattr(kept, "LEAST", 1)
    return Memory()


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Leaderboard:
    monkeypatch.setattr(kept, "LEAST", 1)
    made = Leaderboard(tmp_path / "board.db", BOARD)
    for name, accuracy in (("one", 0.6), ("two", 0.7), ("three", 0.62)):
        made.submit(name, entry_results(accuracy, label=name))
    return made


def never(*_: object) -> None:
    raise AssertionError("it was ranked again")


def test_what_was_kept_is_what_was_computed(memory: Memory, monkeypatch: pytest.MonkeyPatch, bilingual: None) -> None:
    columns = resolve_columns(BOARD)
    entries = made_up_entries(np.random.default_rng(1), 6, missing=0.1)
    first = rank(entries, BOARD, columns, kept=memory)
    assert first.gains
    assert first == rank(entries, BOARD, columns)
    monkeypatch.setattr(kept, "compare_results", never)
    assert rank(entries, BOARD, columns, kept=memory) == first
    assert memory.puts == 1


def test_what_cannot_be_ranked_is_said_from_what_is_kept(memory: Memory) -> None:
    made = many(3, columns := wide_board(4), seeds=3, clusters=20)
    bad = made[1].results[0]
    bad.metrics["accuracy"] = float("nan")  # type: ignore[index]
    first = rank(made, BOARD, columns, kept=memory)
    assert len(first.notes) == 1
    again = rank(made, BOARD, columns, kept=memory)
    assert again.notes == first.notes
    assert [row.to_dict() for row in again.rows] == [row.to_dict() for row in first.rows]
    assert memory.puts == 1


def changed(what: str, made: list, columns: tuple[Column, ...]) -> tuple[list, tuple[Column, ...]]:
    import dataclasses

    if what == "order":
        return made[::-1], columns
    if what == "name":
        return [dataclasses.replace(made[0], name="other"), *made[1:]], columns
    if what == "columns":
        return made, columns[:-1]
    if what == "scale":
        scale = dataclasses.replace(columns[0].scale, floor={"accuracy": 0.1})  # type: ignore[type-var]
        return made, (dataclasses.replace(columns[0], scale=scale), *columns[1:])
    fields = {"tier": Tier.REPORTED} if what == "tier" else {"checksum": f"2 {columns[0].key}"}
    results = (dataclasses.replace(made[0].results[0], **fields), *made[0].results[1:])
    return [dataclasses.replace(made[0], results=results), *made[1:]], columns


@pytest.mark.parametrize("what", ["order", "name", "columns", "scale", "tier", "checksum", "code"])
def test_whatever_decides_a_ranking_makes_another_one(
    memory: Memory, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = wide_board(4)
    made = many(3, columns, seeds=3, clusters=20)
    rank(made, BOARD, columns, kept=memory)
    if what == "code":
        monkeypatch.setattr(kept, "code_sha256", lambda *_: "other")
    else:
        made, columns = changed(what, made, columns)
    assert rank(made, BOARD, columns, kept=memory) == rank(made, BOARD, columns)
    assert memory.puts == 2


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", "[" * 100_000, '{"standings": [[1]]}', "é\ud800"])
def test_a_damaged_text_is_computed_again(memory: Memory, text: str) -> None:
    columns = resolve_columns(BOARD)
    entries = made_up_entries(np.random.default_rng(1), 3)
    first = rank(entries, BOARD, columns, kept=memory)
    (key,) = memory.texts
    good = memory.texts[key]
    memory.texts[key] = text
    assert rank(entries, BOARD, columns, kept=memory) == first
    assert memory.texts[key] == good


def test_small_boards_are_not_written_by_readers(board: Leaderboard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LEAST", 16)
    before = database(board).read_bytes()
    board.standings()
    assert database(board).read_bytes() == before


def database(board: Leaderboard) -> Path:
    path = board._database.path
    assert path is not None
    return path


def test_a_board_is_ranked_once_and_again_when_it_changes(board: Leaderboard, monkeypatch: pytest.MonkeyPatch) -> None:
    first = board.standings()
    with monkeypatch.context() as patch:
        patch.setattr(kept, "compare_results", never)
        assert Leaderboard(database(board), BOARD).rows() == [row.to_dict() for row in first.rows]
    board.submit("four", [Submitted(r, Tier.RERUN) for r in entry_results(0.5, label="four")])
    assert len(board.standings().rows) == 4
    board.withdraw("four")
    assert board.rows() == [row.to_dict() for row in first.rows]


@pytest.mark.parametrize(
    "statement", ["SET kept_values = substr(kept_values, 3)", "SET kept_values = x'ff00', checksum = 7"]
)
def test_a_damaged_row_is_computed_again(board: Leaderboard, statement: str) -> None:
    first = board.rows()
    with sqlite3.connect(database(board)) as connection:
        assert connection.execute(f"UPDATE superb_lite_kept {statement}").rowcount == 1
    connection.close()
    assert board.rows() == first
    with sqlite3.connect(database(board)) as connection:
        (text,) = connection.execute("SELECT kept_values FROM superb_lite_kept").fetchone()
    connection.close()
    assert text.startswith('{"standings"')


def test_without_its_table_and_while_others_write_a_board_is_ranked(board: Leaderboard) -> None:
    first = board.rows()
    connection = sqlite3.connect(database(board), isolation_level=None)
    connection.execute("DELETE FROM superb_lite_kept")
    connection.execute("BEGIN IMMEDIATE")  # another process that writes for long
    assert board.rows() == first
    connection.execute("DROP TABLE superb_lite_kept")
    connection.execute("COMMIT")
    connection.close()
    assert board.rows() == first


def test_few_rows_are_kept(board: Leaderboard) -> None:
    for number in range(12):
        board.submit(f"entry {number}", entry_results(0.5, label=f"{number}"))
        board.standings()
    connection = sqlite3.connect(database(board))
    (rows,) = connection.execute("SELECT count(*) FROM superb_lite_kept").fetchone()
    connection.close()
    assert 1 <= rows <= 8


def test_comparisons_are_all_that_is_kept() -> None:
    fields = set(comparisons.Comparisons.__dataclass_fields__)
    assert fields == {"standings", "gains", "detectable", "mean_rank", "iqm"}  # or `_dump` and `_load` lack something
