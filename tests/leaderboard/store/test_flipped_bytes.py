"""A byte of a board, or of its predictions, is another one: never a traceback, never a wrong number without a word."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from synthetic_results import BOARD, outcomes, result

from superb_lite.errors import SuperbLiteError
from superb_lite_leaderboard.entry import About, Submitted, Tier
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.views.board import BoardView

NAMES = ("one", "two", "three")


@dataclass(frozen=True)
class Whole:
    """A small board as it was stored, and what it shows."""

    path: Path
    cells: dict[str, Any]


def small(path: Path) -> Leaderboard:
    """Three entries with a column each of two modalities."""
    board = Leaderboard(path, BOARD)
    for number, name in enumerate(NAMES):
        values = [outcomes(task, 0.4 + 0.1 * number, clusters=12) for task in ("rose", "silk")]
        found = [
            result("smell-lite/rose", modality="smell", values=values[0], encoder=f"random:{name}-smell"),
            result("touch-lite/silk", modality="touch", values=values[1], encoder=f"random:{name}-touch"),
        ]
        shown = [r.replace(shown={c: ('"yes"', f"text of {c}") for c in r.clusters}) for r in found]
        board.submit(name, [Submitted(r, Tier.RERUN) for r in shown], About(licence="MIT"))
    return board


def cells(board: Leaderboard) -> tuple[dict[str, Any], tuple[str, ...]]:
    """By entry and column what the board shows, and what it says of damage."""
    standings, entries = board.standings(), board.entries()
    assert json.dumps(BoardView.of(standings, entries).to_dict())
    found = {
        (row.name, key): (task["score"], task["ci"], task["encoder"])
        for row in standings.rows
        for key, task in row.to_dict()["tasks"].items()
    }
    return found, standings.notes


@pytest.fixture
def whole(tmp_path: Path) -> Whole:
    board = small(tmp_path / "whole.db")
    with sqlite3.connect(tmp_path / "whole.db") as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    found, notes = cells(board)
    assert (len(found), notes) == (6, ())
    return Whole(tmp_path / "whole.db", found)


def check_flip(whole: Whole, path: Path, place: int, bit: int) -> str:
    """Flip a bit of a copy of the board, and look at everything; returns what became of it."""
    content = bytearray(whole.path.read_bytes())
    content[place] ^= 1 << bit
    path.write_bytes(content)
    try:
        board = Leaderboard(path, BOARD, predictions=whole.path.with_name("whole.db.predictions"))
        found, notes = cells(board)
    except SuperbLiteError:
        return "refused"
    assert all(note.isprintable() and len(note) <= 300 for note in notes)
    for key, cell in found.items():
        assert whole.cells.get(key) == cell, f"byte {place}, bit {bit}: {key} {cell} {whole.cells.get(key)}"
    if not notes:
        assert found == whole.cells, f"byte {place}, bit {bit}: {whole.cells.keys() - found.keys()} are gone"
    for entry in board.entries():
        for measured in entry.results:
            with contextlib.suppress(SuperbLiteError):
                assert board.result(measured).score == measured.score
    return "said" if notes else "same"


def sweep(whole: Whole, path: Path, number: int) -> None:
    size, rng = whole.path.stat().st_size, random.Random(13)
    places = [(rng.randrange(size), rng.randrange(8)) for _ in range(number)]
    became = [check_flip(whole, path, *place) for place in places]
    counts = {kind: became.count(kind) for kind in ("same", "said", "refused")}
    print(f"{number} flipped bits in a board of {size} bytes: {counts}")
    assert counts["said"] > 0


def test_a_flipped_bit_is_said_or_changes_nothing(whole: Whole, tmp_path: Path) -> None:
    sweep(whole, tmp_path / "flipped.db", 60)


@pytest.mark.slow
def test_many_flipped_bits_are_said_or_change_nothing(whole: Whole, tmp_path: Path) -> None:
    sweep(whole, tmp_path / "flipped.db", 400)


def sweep_predictions(whole: Whole, tmp_path: Path, number: int) -> None:
    board = Leaderboard(whole.path, BOARD, predictions=tmp_path / "flipped")
    kept = whole.path.with_name("whole.db.predictions")
    measured = board.entries()[0].results[0]
    name = f"{measured.predictions_sha256}.parquet"
    shutil.copytree(kept, tmp_path / "flipped", dirs_exist_ok=True)
    right, sound = board.predictions(measured), (kept / name).read_bytes()
    assert right is not None
    assert len(right.shown) == 12
    rng, refused = random.Random(13), 0
    for _ in range(number):
        place, content = rng.randrange(len(sound)), bytearray(sound)
        content[place] ^= 1 << rng.randrange(8)
        (tmp_path / "flipped" / name).write_bytes(content)
        try:
            assert board.predictions(measured) == right, f"byte {place}"
        except SuperbLiteError:
            refused += 1
    print(f"{number} flipped bits in predictions of {len(sound)} bytes: {refused} refused, the others change nothing")
    assert refused > 0


def test_a_flipped_bit_in_predictions_is_said_or_changes_nothing(whole: Whole, tmp_path: Path) -> None:
    sweep_predictions(whole, tmp_path, 150)


@pytest.mark.slow
def test_many_flipped_bits_in_predictions_are_said_or_change_nothing(whole: Whole, tmp_path: Path) -> None:
    sweep_predictions(whole, tmp_path, 3000)
