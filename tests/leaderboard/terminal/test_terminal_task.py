"""One task in a terminal: the same cells as on the board, in 80 columns."""

from __future__ import annotations

import dataclasses
import json
import re
import sys

import pytest
from rich.console import Console
from synthetic_results import BOARD, entry_results

from superb_lite.cli import main
from superb_lite.media import Picture, Sound, Text
from superb_lite.results.text import number, rank_text
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.terminal.task import render
from superb_lite_leaderboard.views.board import BoardView
from superb_lite_leaderboard.views.task import Labelled, Mark, TaskView

KEY = "touch-lite/silk"


@pytest.fixture
def filled(leaderboard: Leaderboard) -> Leaderboard:
    for place in range(23):
        results = entry_results(0.4 + 0.02 * place, label=f"e{place}", modalities=["touch"])
        leaderboard.submit(f"[bold]entry[/bold] {place:02}", results)
    return leaderboard


@pytest.fixture
def view(filled: Leaderboard) -> TaskView:
    standings = filled.standings()
    columns = {column.key: column for column in standings.columns}
    return TaskView.of(BoardView.of(standings, filled.entries()), columns[KEY], examples=2)


def shown(view: TaskView, **options: int | None) -> str:
    console = Console(width=80)
    with console.capture() as capture:
        console.print(render(view, **options))
    return capture.get()


def test_cells_are_those_of_the_board(view: TaskView, filled: Leaderboard) -> None:
    board = BoardView.of(filled.standings(), filled.entries())
    text = shown(view, most=None)
    assert max(map(len, text.splitlines())) <= 80
    for row in board.rows:
        cell = row.cells[KEY]
        (line,) = [line for line in text.splitlines() if f" {row.name} " in line]
        assert cell.text in line
        assert re.search(rf" {re.escape(rank_text(cell.rank))} ", line)
        assert number(cell.normalised) in line
    assert "What touch-lite/silk asks." in text
    assert "floor 25.0, ceiling 95.0" in text
    assert "no examples: " in text  # the data of a made-up task is nowhere
    assert "3 more of 23 entries: --all shows them" in shown(view)


def test_examples_of_every_kind_are_said(view: TaskView) -> None:
    media = (Text("a \x1b[2Jtext [b]"), Sound(b"", b"", 1.25), Picture(b"", 3, 4))
    marks = (Mark("raw:air", 61.25, 40.0),)
    text = shown(dataclasses.replace(view, examples=(Labelled("x\x07", "yes", media),), note="", marks=marks))
    assert "x\\x07: yes" in text
    assert "a \\x1b[2Jtext [b]" in text
    assert "(sound, 1.2 s)" in text
    assert "(picture, 3 x 4)" in text
    assert "raw:air 61.2" in text


def test_the_command(filled: Leaderboard, monkeypatch, capsys) -> None:
    path = str(filled._database.path)
    monkeypatch.setattr(sys, "argv", ["superb-lite", "leaderboard", "task", KEY, "--json", "--board", path])
    main()
    content = json.loads(capsys.readouterr().out)
    board = BoardView.of(filled.standings(), filled.entries())
    assert {row["name"]: row["score"] for row in content["rows"]} == {r.name: r.cells[KEY].value for r in board.rows}
    monkeypatch.setattr(sys, "argv", ["superb-lite", "leaderboard", "task", "silk", "--board", path])
    with pytest.raises(SystemExit):
        main()
    assert "unknown task of this board 'silk': did you mean 'touch-lite/silk'?" in capsys.readouterr().err
    assert BOARD.name == board.name
