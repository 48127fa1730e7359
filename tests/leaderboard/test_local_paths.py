"""A folder of the machine that evaluated an encoder is nowhere on a board, also where a result of it is left out."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from synthetic_results import BOARD, SMELL, TOUCH, entry_results

from superb_lite import plugins
from superb_lite.cli import main
from superb_lite_leaderboard.pages.board_site import BoardSite
from superb_lite_leaderboard.store.leaderboard import Leaderboard

FOLDER = "/home/ann/secret"
LINE = "entry 'mine': the result of 'nose' on 'smell-lite/rose' (frozen) was measured with task version 1"


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A board from before a task got its second version."""
    path = tmp_path / "b.db"
    results = [result.replace(encoder=f"{FOLDER}/out/nose") for result in entry_results(0.7, label="x")]
    Leaderboard(path, BOARD).submit("mine", results)
    later = replace(SMELL, tasks=tuple(replace(t, version=2) if t.name.endswith("rose") else t for t in SMELL))
    monkeypatch.setattr(plugins, "tasksets", lambda: {SMELL.name: later, TOUCH.name: TOUCH})
    return path


def test_no_page_and_no_download_names_a_folder(board: Path) -> None:
    site = BoardSite(Leaderboard(board, BOARD))
    read = {path: page.body.decode() for path in site.paths() if (page := site.page(path)) is not None}
    assert LINE.replace("'", "&#39;") in read["index.html"]
    assert LINE in read["board.json"]
    assert len([path for path in read if path.endswith(".html")]) > 5
    assert [path for path, text in read.items() if FOLDER in text] == []


@pytest.mark.parametrize("form", [[], ["--json"], ["--csv"], ["--markdown"]])
def test_the_terminal_names_no_folder(
    board: Path, form: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["superb-lite", "leaderboard", "show", "--board", str(board), *form])
    main()
    shown = "".join(capsys.readouterr())
    assert LINE in " ".join(shown.split())
    assert FOLDER not in shown


def test_a_damaged_result_is_named_without_its_folder(board: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(row: object, clusters: object) -> None:
        raise ValueError("it is not whole")

    monkeypatch.setattr("superb_lite_leaderboard.store.leaderboard.read_result", damaged)
    site = BoardSite(Leaderboard(board, BOARD))
    (path,) = (path for path in site.paths() if path.startswith("entry/"))
    page = site.page(path)
    assert page is not None
    assert "the result of &#39;nose&#39; on" in page.body.decode()
    assert FOLDER not in page.body.decode()
