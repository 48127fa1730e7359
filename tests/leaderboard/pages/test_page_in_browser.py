"""The page in a real browser: it renders from disk, its script runs, and nothing is loaded from anywhere."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from synthetic_results import entry_results

from superb_lite_leaderboard.pages.export import export
from superb_lite_leaderboard.store.leaderboard import Leaderboard

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
def test_chromium_renders_the_page(leaderboard: Leaderboard, tmp_path: Path) -> None:
    leaderboard.submit("first entry", entry_results(0.9, label="first"))
    leaderboard.submit("second entry", entry_results(0.6, label="second"))
    path = export(leaderboard, tmp_path / "site")
    picture = tmp_path / "page.png"
    command = [
        str(CHROMIUM),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={tmp_path / 'profile'}",
        "--window-size=1000,800",
        f"--screenshot={picture}",
        "--enable-logging=stderr",
        path.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert picture.exists(), done.stderr
    assert picture.stat().st_size > 20_000, "the page is all but blank"
    # The page's own content security policy would show here if it blocked the page's own script or style.
    assert "Refused to" not in done.stderr
    assert "Uncaught" not in done.stderr
