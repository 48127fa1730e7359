"""`superb-lite leaderboard show`: every form shows the same cells."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest
from synthetic_results import BOARD, entry_results

from superb_lite.cli import main
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.views.board import BoardView


@pytest.fixture
def board(tmp_path: Path) -> Leaderboard:
    found = Leaderboard(tmp_path / "b.db", BOARD)
    for place in range(22):
        found.submit(f"entry {place:02}", entry_results(0.4 + 0.02 * place, label=f"e{place}", modalities=["touch"]))
    found.submit("whole", entry_results(0.7, label="whole"))
    return found


@pytest.fixture
def show(monkeypatch, capsys, board, tmp_path):
    def run(*arguments: str, code: int = 0) -> tuple[str, str]:
        monkeypatch.setattr(
            sys, "argv", ["superb-lite", "leaderboard", "show", "--board", str(tmp_path / "b.db"), *arguments]
        )
        if code:
            with pytest.raises(SystemExit) as error:
                main()
            assert error.value.code == code
        else:
            main()
        captured = capsys.readouterr()
        return captured.out, captured.err

    return run


def test_all_forms_hold_the_same_cells(show, board) -> None:
    view = BoardView.of(board.standings(), board.entries())
    rows = json.loads(show("--json")[0])["rows"]
    lines = list(csv.DictReader(io.StringIO(show("--csv")[0])))
    marked = show("--markdown")[0].splitlines()[2:]
    text = show("--all")[0]
    assert [row["name"] for row in rows] == [line["name"] for line in lines] == [row.name for row in view.rows]
    for row, of_json, line, of_markdown in zip(view.rows, rows, lines, marked, strict=True):
        assert row.name in text
        assert of_json["scores"].keys() == row.cells.keys()
        for key, cell in row.cells.items():
            assert of_json["scores"][key]["score"] == float(line[key]) == cell.value
            assert of_json["scores"][key]["ci"] == [float(line[f"{key} lo"]), float(line[f"{key} hi"])]
            assert cell.text in of_markdown
            assert cell.text in text


def test_what_is_asked_for_is_shown(show) -> None:
    out, _ = show()
    assert "3 more of 23 entries: --all shows them" in out
    names = [row["name"] for row in json.loads(show("--json", "--sort", "name", "--search", "ENTRY 1")[0])["rows"]]
    assert names == [f"entry 1{place}" for place in range(10)]
    rows = json.loads(show("--json", "--modality", "smell")[0])["rows"]
    assert [row["name"] for row in rows] == ["whole"]
    assert json.loads(show("--json", "--tier", "rerun")[0])["rows"] == []
    of_set, _ = show("--set", "smell-lite")
    assert "whole" in of_set
    assert "entry 21" not in of_set
    assert "smell-lite/soap" in of_set
    assert "touch" not in of_set
    assert "overall" not in of_set
    first = json.loads(show("--json", "--sort", "touch-lite/silk", "--pin", "entry 00")[0])["rows"]
    assert [row["name"] for row in first[:2]] == ["entry 00", "entry 21"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--json", "--csv"], "--json, --csv and --markdown exclude each other"),
        (["--tier", "rerunn"], "unknown tier 'rerunn': did you mean 'rerun'?"),
        (["--modality", "taste"], "unknown modality 'taste'"),
        (["--sort", "touch-lite/silkk"], "unknown column to sort by 'touch-lite/silkk': did you mean"),
        (["--set", "touch-light"], "unknown task set of this board 'touch-light': did you mean 'touch-lite'?"),
        (["--pin", "nobody"], "unknown entry of this board 'nobody'"),
    ],
)
def test_what_there_is_not_is_one_line(show, arguments, words) -> None:
    out, err = show(*arguments, code=2)
    assert out == ""
    assert words in err
    assert err.count("\n") == 1
