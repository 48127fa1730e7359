"""Rows that were edited, forged, damaged or lost are named and left out, and the others are shown."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from synthetic_results import entry_results

from superb_lite.results.result import Result
from superb_lite_leaderboard.entry import Submitted, Tier
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.store.models import ResultRow
from superb_lite_leaderboard.store.rows import row_checksum


def rerun(results: Sequence[Result]) -> list[Submitted]:
    return [Submitted(result, Tier.RERUN) for result in results]


def edit(path: Path, change: Callable[[dict[str, Any]], object], *, forge: bool = False) -> None:
    """Change what is read of the first result of a board behind its back; forge: its checksum, too."""
    engine = create_engine(f"sqlite:///{path}")
    with Session(engine) as session, session.begin():
        row = session.scalars(select(ResultRow).order_by(ResultRow.id)).first()
        assert row is not None
        content = json.loads(row.measured)
        change(content)
        row.measured = json.dumps(content, indent=1)
        if forge:
            row.checksum = row_checksum(row)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda r: r.update(score="much"), "is damaged: it cannot be read"),
        (lambda r: r.update(ci=[0.9]), "is damaged: it cannot be read"),
        (lambda r: r.pop("seeds"), "is damaged: it cannot be read"),
        (lambda r: r.update(metrics={"f1": 0.5}), "its metrics must be accuracy"),
        (lambda r: r.update(limit=20), "used only 20 test examples"),
        (lambda r: r.update(data_sha256="\x1b[31m"), "was measured on other data"),
    ],
)
def test_a_result_that_was_forged_in_the_file_is_named_and_left_out(
    file_board: Leaderboard, change: Callable[[dict[str, Any]], object], words: str
) -> None:
    file_board.submit("two", entry_results(0.4, label="two"))
    file_board.submit("one", rerun(entry_results(0.5, label="one")))
    path = file_board._database.path
    assert path is not None
    edit(path, change, forge=True)
    started = time.perf_counter()
    standings = Leaderboard(path).standings()
    assert time.perf_counter() - started < 20
    assert len(standings.notes) == 1
    assert standings.notes[0].startswith("entry 'two': ")
    assert words in standings.notes[0]
    assert standings.notes[0].isprintable()
    assert len(standings.notes[0]) <= 400
    rows = {row.name: row for row in standings.rows}
    assert (len(rows["one"].tasks), len(rows["two"].tasks)) == (5, 4)
    assert rows["two"].overall is None


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r.update(score=0.999, ci=[0.999, 0.999], metrics={"accuracy": 0.999}),
        lambda r: r.update(score=1e308),
        lambda r: r.update(encoder="random:somebody"),
        lambda r: None,  # written in another way
    ],
)
def test_a_result_that_was_edited_is_named_and_left_out(
    file_board: Leaderboard, change: Callable[[dict[str, Any]], object]
) -> None:
    file_board.submit("one", entry_results(0.5, label="one"))
    assert file_board._database.path is not None
    edit(file_board._database.path, change)
    assert file_board.standings().notes == (
        "entry 'one': 'smell-lite/rose' (frozen) is damaged: it was edited after it was stored; submit it again",
    )
    assert len(file_board.entries()[0].results) == 4


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE superb_lite_result SET tier = 3 WHERE id = 1",
        "UPDATE superb_lite_result SET pseudo_values = zeroblob(4800) WHERE id = 1",
        "UPDATE superb_lite_result SET pseudo_values = x'00' WHERE id = 1",
        "UPDATE superb_lite_result SET clusters = 'gone' WHERE id = 1",
        "UPDATE superb_lite_result SET n_clusters = 3 WHERE id = 1",
        "UPDATE superb_lite_result SET tier = 7 WHERE id = 1",
    ],
)
def test_one_damaged_row_leaves_the_others_ranked(file_board: Leaderboard, statement: str) -> None:
    file_board.submit("one", entry_results(0.5, label="one"))
    file_board.submit("two", entry_results(0.6, label="two"))
    assert file_board._database.path is not None
    with sqlite3.connect(file_board._database.path) as connection:
        connection.execute(statement)
    standings = file_board.standings()
    assert len(standings.notes) == 1
    assert standings.notes[0].startswith("entry 'one': 'smell-lite/rose' (frozen) is damaged: ")
    rows = {row.name: row for row in standings.rows}
    assert (len(rows["one"].tasks), len(rows["two"].tasks)) == (4, 5)


def test_what_is_no_result_is_named_and_left_out(file_board: Leaderboard) -> None:
    file_board.submit("one", entry_results(0.5, label="one"))
    assert file_board._database.path is not None
    for payload in ("{ half", "[]", 3, "[" * 100_000, b"\xff\xfe"):
        with sqlite3.connect(file_board._database.path) as connection:
            connection.execute("UPDATE superb_lite_result SET measured = ? WHERE id = 1", (payload,))
        (note,) = file_board.standings().notes
        assert note.startswith("entry 'one': 'smell-lite/rose' (frozen) is damaged: ")
        assert note.endswith("submit it again")
        assert len(note) <= 300


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE superb_lite_entry SET name = 'evil\x1b[2J' WHERE id = 1", r"entry 'evil\\x1b\[2J' is damaged"),
        ("UPDATE superb_lite_entry SET withdrawn = 'x' WHERE id = 1", "entry 'one' is damaged"),
        ("UPDATE superb_lite_entry SET about = '{}' WHERE id = 1", "entry 'one' is damaged"),
        ("UPDATE superb_lite_entry SET submitted = x'ff' WHERE id = 1", "entry 'one' is damaged"),
        ("UPDATE superb_lite_entry SET version = 'x' WHERE id = 1", "entry 'one' is damaged"),
        ("UPDATE superb_lite_result SET entry_id = 2 WHERE id = 1", "entry 'one': 0 of its 1 results can be found"),
        ("DELETE FROM superb_lite_result WHERE id = 1", "entry 'one': 0 of its 1 results can be found"),
        ("DELETE FROM superb_lite_entry WHERE id = 1", "2 entries can be found, but 3 were stored"),
    ],
)
def test_an_entry_that_was_edited_or_lost_is_said_and_the_others_are_shown(
    file_board: Leaderboard, statement: str, words: str
) -> None:
    for number, name in enumerate(("one", "two", "three")):
        results = entry_results(0.5 + 0.1 * number, label=name, modalities=["touch"])
        file_board.submit(name, results[number % 2 : number % 2 + 1])
    before = {row["name"]: row["tasks"] for row in file_board.rows()}
    with sqlite3.connect(str(file_board._database.path)) as connection:
        connection.execute(statement)
    standings = Leaderboard(str(file_board._database.path)).standings()
    assert re.search(words, "\n".join(standings.notes))
    assert {"two", "three"} <= {row.name for row in standings.rows} <= {"one", "two", "three"}
    for row in standings.rows:
        assert row.name == "one" or row.to_dict()["tasks"].keys() == before[row.name].keys()
    assert "one" not in {row.name for row in standings.rows if row.tasks}
