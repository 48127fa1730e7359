"""The picture of the board: its points are the cells of the view."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from synthetic_results import BOARD, entry_results

from superb_lite.charts.forest import ForestRow, forest_chart
from superb_lite.cli import main
from superb_lite.errors import SuperbLiteError
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.views.board import BoardView
from superb_lite_leaderboard.views.forest import forest
from superb_lite_leaderboard.views.query import BoardQuery


@pytest.fixture
def view(leaderboard: Leaderboard) -> BoardView:
    for place, name in enumerate(("good $x$", "_bad")):
        leaderboard.submit(name, entry_results(0.8 - 0.2 * place, label=f"e{place}"))
    leaderboard.submit("half", entry_results(0.6, label="half", modalities=["touch"]))
    return BoardView.of(leaderboard.standings(), leaderboard.entries())


def test_points_are_cells(view: BoardView) -> None:
    _, panels, rows = forest(view, most=2, panels=8)
    assert panels == ["overall", "smell", "touch"]
    assert [row.name for row in rows] == ["good $x$ (reported)", "_bad (reported)"]
    for row, drawn in zip(view.rows, rows, strict=False):
        cells = [row.cells[key] for key in panels]
        assert drawn.scores == [(cell.value, cell.lo, cell.hi) for cell in cells]
        assert drawn.group == row.group
    _, panels, rows = forest(view.select(BoardQuery(modality="touch")), most=9, panels=2)
    assert panels == ["touch", "touch-lite/silk"]
    cell = next(row for row in view.rows if row.name == "half").cells["touch-lite/silk"]
    drawn = next(row for row in rows if row.name.startswith("half"))
    assert drawn.scores[1] == (cell.normalised, *cell.normalised_ci)


def test_what_is_drawn_are_the_scores() -> None:
    rows = [
        ForestRow("a", [(1.0, 0.5, 1.5), None], group=1),
        ForestRow("b", [(-2.0, -3.0, -1.0), (5.0, 4.0, 6.0)], group=2, hollow=True),
    ]
    figure = forest_chart("title", ["x", "y"], rows)
    left, right = figure.axes
    points = [(line.get_xdata()[0], line.get_ydata()[0]) for line in left.lines if line.get_marker() == "o"]
    assert points == [(1.0, 0), (-2.0, 1)]
    assert [line.get_xdata()[0] for line in right.lines if line.get_marker() == "o"] == [5.0]
    assert [label.get_text() for label in left.get_yticklabels()] == ["a", "b"]
    assert left.get_xlim()[0] < -3.0
    with pytest.raises(SuperbLiteError, match="no score to draw"):
        forest_chart("title", ["x"], [ForestRow("a", [None])])


@pytest.mark.parametrize("name", ["board.pdf", "board.svg", "board.png"])
def test_the_command_writes_the_same_file_twice(view, tmp_path: Path, monkeypatch, name: str, capsys) -> None:
    board = str(tmp_path / "board.db")
    assert BOARD.name == view.name
    written = []
    for folder in ("one", "two"):
        path = tmp_path / folder / name
        monkeypatch.setattr(sys, "argv", ["superb-lite", "leaderboard", "figure", str(path), "--board", board])
        main()
        written.append(path.read_bytes())
    assert written[0] == written[1]
    assert "good $x$" in written[0].decode("utf-8", "replace") or not name.endswith("svg")
    assert capsys.readouterr().out.count(name) == 2


@pytest.mark.parametrize(("out", "words"), [("b.gif", "must end in .svg, .pdf or .png"), ("b.pdf", "no entry to draw")])
def test_what_cannot_be_drawn_is_one_line(view, tmp_path, monkeypatch, capsys, out, words) -> None:
    arguments = ["figure", str(tmp_path / out), "--board", str(tmp_path / "board.db"), "--search", "nobody"]
    monkeypatch.setattr(sys, "argv", ["superb-lite", "leaderboard", *arguments])
    with pytest.raises(SystemExit) as error:
        main()
    err = capsys.readouterr().err
    assert error.value.code == 2
    assert words in err
    assert err.count("\n") == 1
