"""The report of analyses as a page of the board."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from board_pages import Reader
from synthetic_results import entry_results
from typer.testing import CliRunner

from superb_lite.analysis.writing import write_section
from superb_lite.cli.app import app
from superb_lite.errors import SuperbLiteError
from superb_lite_leaderboard.pages.board_site import BoardSite
from superb_lite_leaderboard.pages.export import export
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from tests.superb_lite.analysis.sections import a_section


@pytest.fixture
def filled(leaderboard: Leaderboard) -> Leaderboard:
    leaderboard.submit("one", entry_results(0.5, label="one"))
    return leaderboard


def body(site: BoardSite, path: str) -> str:
    page = site.page(path)
    assert page is not None
    return page.body.decode()


def test_an_export_has_the_report_and_every_page_links_to_it(filled: Leaderboard, tmp_path: Path) -> None:
    write_section(a_section(), tmp_path / "inside")
    index = export(filled, tmp_path / "site", analyses=tmp_path / "inside")
    assert "inside.html" in Reader(index.read_text()).links
    (entry,) = (index.parent / "entry").iterdir()
    assert "../inside.html" in Reader(entry.read_text()).links
    report = Reader((index.parent / "inside.html").read_text())
    assert "What each layer knows" in report.words
    assert {"index.html", "static/report.css"} <= set(report.links)
    assert "style" not in report.tags  # the policy of the site allows files only
    assert "figcaption" in (index.parent / "static" / "report.css").read_text()


def test_a_later_export_without_a_report_takes_it_away(filled: Leaderboard, tmp_path: Path) -> None:
    write_section(a_section(), tmp_path / "inside")
    index = export(filled, tmp_path / "site", analyses=tmp_path / "inside")
    export(filled, tmp_path / "site", analyses=tmp_path / "nothing")
    assert not (index.parent / "inside.html").exists()
    assert "inside.html" not in Reader(index.read_text()).links


def test_a_server_shows_a_report_as_soon_as_it_is_there_and_says_that_the_board_changed(
    filled: Leaderboard, tmp_path: Path
) -> None:
    site = BoardSite(filled, live=True, analyses=tmp_path)
    before = site.state()
    assert site.page("inside.html") is None
    (path, *_) = write_section(a_section(), tmp_path)
    assert site.state() != before
    assert "What each layer knows" in body(site, "inside.html")
    assert "inside.html" in Reader(body(site, "index.html")).links
    write_section(a_section(title="Something new"), tmp_path)
    os.utime(path, ns=(0, 1))
    assert "Something new" in body(site, "inside.html")


def test_the_workspace_is_where_it_is_looked_for(
    filled: Leaderboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path / "out"))
    command = ["leaderboard", "export", str(tmp_path / "site"), "--board", str(tmp_path / "board.db")]
    assert CliRunner().invoke(app, command).exit_code == 0
    assert not (tmp_path / "site" / "inside.html").exists()
    write_section(a_section(), tmp_path / "out" / "inside")
    assert CliRunner().invoke(app, command).exit_code == 0
    assert (tmp_path / "site" / "inside.html").exists()


def test_a_directory_without_a_report_is_refused(filled: Leaderboard, tmp_path: Path) -> None:
    command = ["leaderboard", "export", str(tmp_path / "site"), "--board", str(tmp_path / "board.db")]
    found = CliRunner().invoke(app, [*command, "--analyses", str(tmp_path)])
    assert isinstance(found.exception, SuperbLiteError)
    assert "has no report.html: name the --out of superb-lite analyze" in str(found.exception)
    assert not (tmp_path / "site").exists()
