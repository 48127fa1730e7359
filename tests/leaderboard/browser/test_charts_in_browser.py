"""Charts in a real browser: Vega takes the place of the drawing, under the policy that the pages have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from synthetic_results import entry_results

from superb_lite_leaderboard.pages import charts
from superb_lite_leaderboard.pages.render import ASSETS, asset
from superb_lite_leaderboard.pages.site import SiteContext
from superb_lite_leaderboard.pages.time import render_time
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.views.time import moments

HOSTILE = "</script><img src=x onerror=alert(1)>"


@pytest.fixture
def page(leaderboard: Leaderboard, tmp_path: Path) -> Path:
    leaderboard.submit(HOSTILE, entry_results(0.4, label="old"))
    leaderboard.submit(HOSTILE, entry_results(0.8, label="new"))
    site = tmp_path / "site"
    (site / "static").mkdir(parents=True)
    for name in ASSETS:
        (site / "static" / name).write_bytes(asset(name))
    (site / "static" / "vega.js").write_text(charts.vega(), encoding="utf-8")
    path = site / "time.html"
    path.write_text(render_time(moments(leaderboard, leaderboard.standings()), SiteContext("senses", 7)), "utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_vega_takes_the_place_of_the_drawing(open_page: Any, page: Path, scheme: str) -> None:
    shown = open_page(page, scheme=scheme)
    shown.wait_for_selector(".chart .view svg")
    assert not shown.locator(".chart .drawing").is_visible()
    dots = shown.locator(".chart .view .mark-symbol path")
    assert dots.count() == 2
    dots.first.hover()
    shown.wait_for_selector("#vg-tooltip-element.visible")
    assert "onerror" in shown.locator("#vg-tooltip-element").inner_text()
    assert shown.locator("#vg-tooltip-element img").count() == 0
    assert shown.said.errors == []
    assert all(url.startswith(("file:", "data:")) for url in shown.said.requests)


def test_without_scripts_the_drawing_is_there(open_page: Any, page: Path) -> None:
    shown = open_page(page, javascript=False)
    assert shown.locator(".chart .drawing svg").is_visible()
    assert shown.locator(".chart .view").count() == 0


def test_a_narrow_page_does_not_overflow(open_page: Any, page: Path) -> None:
    shown = open_page(page, width=400)
    shown.wait_for_selector(".chart .view svg")
    assert shown.evaluate("document.documentElement.scrollWidth") <= 400
