"""What a board elsewhere holds is taken whole, once, in one transaction, and with its history."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from clock import Clock
from sqlalchemy.orm import Session
from synthetic_results import BOARD, SMELL, TOUCH, entry_results, scores

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.entry import About, Submitted, Tier
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.store.predictions import PredictionFiles
from superb_lite_leaderboard.submission.bundle import write_bundle
from superb_lite_leaderboard.submission.importing import import_bundle

FROM = "from hers.zip"
NOT_COMPARED = "its data is not on this machine, so it was not compared"


@pytest.fixture(autouse=True)
def _days(clock: Clock) -> None:
    """Everything happens on a day of its own."""


def test_another_board_shows_the_same_cells(hers: Leaderboard, tmp_path: Path) -> None:
    path = tmp_path / "out" / "hers.zip"
    assert write_bundle(hers, path) == 4
    mine = Leaderboard(tmp_path / "mine.db", BOARD)
    outcomes = import_bundle(mine, path)
    assert [(o.ref, o.refused, o.stored and o.stored.ref) for o in outcomes] == [
        ("old@1", False, "old@1"),
        ("old@2", False, "old@2"),
        ("half@1", False, "half@1"),
        ("bare@1", False, "bare@1"),
        ("baselines@1", False, "baselines@1"),
    ]
    assert scores(mine.standings()) == scores(hers.standings())
    assert mine.entry("old").about == About(licence="MIT")
    assert all(entry.tier < Tier.RERUN for entry in mine.entries())  # it was not run here
    measured = mine.entry("old").results[0]
    assert mine.predictions(measured) == hers.predictions(hers.entry("old").results[0])


def test_the_same_content_twice_is_one_entry(hers: Leaderboard, tmp_path: Path) -> None:
    path = tmp_path / "hers.zip"
    write_bundle(hers, path)
    mine = Leaderboard(tmp_path / "mine.db", BOARD)
    mine.submit("the same as old", entry_results(0.7, label="new"))
    mine.submit("half", entry_results(0.9, label="other", modalities=["touch"]))
    first = {o.ref: o for o in import_bundle(mine, path)}
    assert first["old@1"].reason == first["old@2"].reason == "is here already, as 'the same as old@1'"
    assert first["half@1"].stored is not None
    assert first["half@1"].stored.ref == "half@1"
    assert [(entry.ref, events[-1].detail) for entry, events in mine.history("half")] == [
        ("half@1", FROM + "".join(f"; {task.name} (frozen): {NOT_COMPARED}" for task in TOUCH)),
        ("half@2", "it was 'half@1'"),
    ]
    before = mine.entries()
    assert all(outcome.stored is None and not outcome.refused for outcome in import_bundle(mine, path))
    assert mine.entries() == before


def test_some_entries_are_taken_and_others_refused_by_name(hers: Leaderboard, tmp_path: Path) -> None:
    path = tmp_path / "hers.zip"
    write_bundle(hers, path)
    mine = Leaderboard(tmp_path / "mine.db", BOARD)
    elsewhere = [r.replace(data_sha256="f" * 64) for r in entry_results(0.6, label="mine", modalities=["smell"])]
    mine.submit("mine", [Submitted(r, Tier.RERUN) for r in elsewhere])
    outcomes = {o.ref: o for o in import_bundle(mine, path, names=["half", "old"])}
    assert outcomes["old@2"].refused
    assert "other data" in outcomes["old@2"].reason
    assert outcomes["half@1"].stored is not None
    assert {entry.name for entry in mine.entries()} == {"mine", "half"}
    with pytest.raises(SuperbLiteError, match=r"unknown entry of .*\.zip' 'nobody'"):
        import_bundle(mine, path, names=["nobody"])
    with pytest.raises(SuperbLiteError, match=r"unknown entry of 'hers\.sqlite' 'nobody'"):
        import_bundle(mine, path, names=["nobody"], source="hers.sqlite")
    other = Leaderboard(tmp_path / "other.db", Board("other", 1, BOARD.columns))
    with pytest.raises(SuperbLiteError, match="holds entries of board 'senses'"):
        import_bundle(other, path)


def told(board: Leaderboard, name: str) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    return [
        (entry.ref, entry.submitted, entry.withdrawn, [(e.kind, e.detail) for e in events if e.kind != "submitted"])
        for entry, events in board.history(name)
    ]


def test_older_versions_marks_and_dates_come_along(hers: Leaderboard, tmp_path: Path) -> None:
    hers.withdraw("old@1", "trained on the test items")
    hers.rename("half", "whole")
    for entry in hers.entries():
        if entry.name == "whole":
            hers.promote(entry, entry.results, Tier.RERUN)
    write_bundle(hers, tmp_path / "hers.zip")
    mine = Leaderboard(tmp_path / "mine.db", BOARD)
    import_bundle(mine, tmp_path / "hers.zip")
    for name in ("old", "whole", "bare", "baselines"):
        for (ref, date, mark, events), (its, day, withdrawn, more) in zip(
            told(hers, name), told(mine, name), strict=True
        ):
            assert (its, day, withdrawn) == (ref, date, mark)
            assert more[-1][0] == "imported"
            assert more[-1][1].startswith(FROM)
            there = [(kind, f"elsewhere: {detail}" if kind == "promoted" else detail) for kind, detail in events]
            assert more[:-1] == there
    assert told(mine, "old")[0][3][0] == ("withdrawn", "trained on the test items")
    assert mine.entry("whole").tier is Tier.REPORTED  # whatever was done there
    # From there to a third board: where it came from at first is not forgotten.
    write_bundle(mine, tmp_path / "mine.zip")
    third = Leaderboard(tmp_path / "third.db", BOARD)
    import_bundle(third, tmp_path / "mine.zip", source="a board of a friend")
    assert [detail.split(";")[0] for kind, detail in told(third, "bare")[0][3] if kind == "imported"] == [
        FROM,
        "from a board of a friend",
    ]


def test_a_version_that_was_withdrawn_there_since_is_withdrawn_here(hers: Leaderboard, tmp_path: Path) -> None:
    path = tmp_path / "hers.zip"
    write_bundle(hers, path)
    mine = Leaderboard(tmp_path / "mine.db", BOARD)
    import_bundle(mine, path)
    hers.withdraw("old", "a mistake")
    write_bundle(hers, path)
    outcome = next(o for o in import_bundle(mine, path) if o.ref == "old@2")
    assert (outcome.stored, outcome.refused) == (None, False)
    assert outcome.reason.startswith("is here already, as 'old@2'; it was withdrawn there on 2026-")
    assert mine.entry("old@2").withdrawn == hers.entry("old@2").withdrawn
    assert ("withdrawn", "a mistake") in told(mine, "old")[1][3]
    assert mine.entry("old").ref == "old@1"
    before = dump(mine)
    import_bundle(mine, path)
    assert dump(mine) == before


def dump(board: Leaderboard) -> list[str]:
    """Everything in the file."""
    with sqlite3.connect(str(board._database.path)) as connection:
        return list(connection.iterdump())


def test_another_version_of_a_task_is_refused_by_name(
    hers: Leaderboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_bundle(hers, tmp_path / "hers.zip")
    newer = replace(TOUCH, tasks=tuple(replace(task, version=2) for task in TOUCH))
    monkeypatch.setattr(plugins, "tasksets", lambda: {SMELL.name: SMELL, TOUCH.name: newer})
    mine = Leaderboard(tmp_path / "mine.db", BOARD)
    outcomes = import_bundle(mine, tmp_path / "hers.zip")
    assert all(outcome.refused for outcome in outcomes)
    assert {outcome.ref for outcome in outcomes} == {"old@1", "old@2", "half@1", "bare@1", "baselines@1"}
    assert "'touch-lite/silk' (frozen) was measured with task version 1" in outcomes[0].reason
    assert not mine.exists()


def test_what_is_dated_in_the_future_does_not_leave_a_board(hers: Leaderboard, tmp_path: Path, clock: Clock) -> None:
    clock.day = 365 * 200
    hers.submit("late", entry_results(0.6, label="late"))
    write_bundle(hers, tmp_path / "hers.zip")
    mine = Leaderboard(tmp_path / "mine.db", BOARD)
    assert "late@1" not in {outcome.ref for outcome in import_bundle(mine, tmp_path / "hers.zip")}


def _import_and_die(mine: Path, bundle: Path, after: int, where: str) -> None:
    """Import, and die where predictions or rows are written for the `after`-th time."""
    owner, name = {"predictions": (PredictionFiles, "put"), "rows": (Session, "flush")}[where]
    original, calls = getattr(owner, name), itertools.count(1)

    def dying(*arguments: Any, **options: Any) -> Any:
        if next(calls) == after:
            os._exit(9)
        return original(*arguments, **options)

    setattr(owner, name, dying)
    import_bundle(Leaderboard(mine, BOARD), bundle)
    os._exit(0)


@pytest.mark.parametrize(
    ("where", "after"), [("predictions", 1), ("predictions", 9), ("rows", 2), ("rows", 5), ("rows", 11)]
)
def test_a_killed_import_leaves_the_board_as_it_was(hers: Leaderboard, tmp_path: Path, where: str, after: int) -> None:
    hers.submit("half", entry_results(0.9, label="better", modalities=["touch"]))
    write_bundle(hers, tmp_path / "hers.zip")
    path = tmp_path / "mine.db"
    mine = Leaderboard(path, BOARD)
    mine.submit("half", entry_results(0.8, label="mine", modalities=["touch"]))
    before = dump(mine)
    worker = multiprocessing.get_context("fork").Process(
        target=_import_and_die, args=(path, tmp_path / "hers.zip", after, where)
    )
    worker.start()
    worker.join(60)
    assert worker.exitcode == 9
    assert dump(Leaderboard(path, BOARD)) == before
    assert Leaderboard(path, BOARD).rows() == mine.rows()
    # What it left behind is in nobody's way.
    assert all(outcome.stored is not None for outcome in import_bundle(Leaderboard(path, BOARD), tmp_path / "hers.zip"))
    assert scores(mine.standings()).keys() == {"half", "old", "bare", "baselines"}
    assert all(mine.predictions(m) is not None for e in mine.entries() for m in e.results if e.name != "bare")
