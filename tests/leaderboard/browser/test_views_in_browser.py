"""Every view in a real browser: from disk and from the server, light and dark, wide and narrow, with and without
scripts; what strangers wrote never runs, and axe finds no serious fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from drawing import drawn
from payloads import PAYLOADS
from synthetic_results import entry_results

from superb_lite.analysis.writing import write_section
from superb_lite.results.cost import Cost
from superb_lite_leaderboard.entry import About, Submitted, Tier
from superb_lite_leaderboard.pages.export import export
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from tests.superb_lite.analysis.sections import a_section

pytestmark = pytest.mark.slow


@pytest.fixture
def filled(leaderboard: Leaderboard) -> Leaderboard:
    about = About(description="What it is.", url="https://example.org/a", licence="MIT", tags=("tiny", "text"))
    leaderboard.submit("old and new", entry_results(0.3, label="first"))
    leaderboard.submit("old and new", [Submitted(r, Tier.RERUN) for r in entry_results(0.8, label="new")], about)
    cost = Cost(parameters=1_234_567, flops=10**9, items_per_second=12.5, peak_memory=10**8)
    leaderboard.submit("second", [r.replace(cost=cost) for r in entry_results(0.5, label="second")])
    leaderboard.submit("third", entry_results(0.45, label="third"))
    leaderboard.submit("half", entry_results(0.6, label="half", modalities=["touch"]))
    return leaderboard


@pytest.fixture
def site(filled: Leaderboard, tmp_path: Path) -> Path:
    write_section(a_section(), tmp_path / "inside")
    write_section(a_section(variant="speech", seeds=1), tmp_path / "inside")
    return export(filled, tmp_path / "site", analyses=tmp_path / "inside").parent


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def one_of_each(site: Path) -> list[Path]:
    """A page of each kind."""
    return list({path.parent.name if path.parent != site else path.name: path for path in pages(site)}.values())


def words(text: str) -> str:
    """The text with single spaces."""
    return " ".join(text.split())


def test_every_page_opens_from_disk_without_a_word(open_page: Any, site: Path) -> None:
    found = pages(site)
    said = {}
    for path in found:
        shown = open_page(path)
        shown.wait_for_load_state("networkidle")
        assert shown.locator("h1").count() == 1
        if shown.said.errors or not all(url.startswith(("file:", "data:")) for url in shown.said.requests):
            said[path.name] = (shown.said.errors, shown.said.requests)
        shown.close()
    print(f"{len(found)} pages opened")
    assert said == {}


def test_every_link_inside_the_site_leads_somewhere(open_page: Any, site: Path) -> None:
    checked = 0
    for path in pages(site):
        shown = open_page(path)
        for link in shown.locator("a[href]").all():
            address, _, anchor = link.evaluate("a => a.href").partition("#")
            if address.startswith("file:"):
                target = Path(address.removeprefix("file://"))
                assert target.is_file(), f"{path.name} links to {address}"
                if anchor and target.suffix == ".html":
                    assert f'id="{anchor}"' in target.read_text(encoding="utf-8"), f"{path.name}: #{anchor}"
                checked += 1
        shown.close()
    assert checked > 10


@pytest.mark.parametrize("width", [400, 1200])
def test_nothing_is_wider_than_the_window(open_page: Any, site: Path, width: int) -> None:
    for path in one_of_each(site):
        shown = open_page(path, width=width)
        shown.wait_for_load_state("networkidle")
        assert shown.evaluate("document.documentElement.scrollWidth") <= width, path.name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(open_page: Any, site: Path, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    faults = {}
    for path in one_of_each(site):
        shown = open_page(path, scheme=scheme)
        shown.wait_for_load_state("networkidle")
        found = axe.run(shown).response["violations"]
        grave = [each for each in found if each["impact"] in ("serious", "critical")]
        if grave:
            faults[path.name] = [(each["id"], each["nodes"][0]["html"][:200]) for each in grave]
    assert faults == {}, json.dumps(faults, indent=1)


def test_pages_are_readable_without_scripts(open_page: Any, site: Path) -> None:
    for path in one_of_each(site):
        shown = open_page(path, javascript=False)
        assert shown.locator("h1").is_visible()
        assert drawn(shown).locator("main").inner_text().strip()


def test_what_strangers_wrote_never_runs(open_page: Any, leaderboard: Leaderboard, tmp_path: Path) -> None:
    """Each text stands once in every field that a stranger fills in."""
    for number in range(0, len(PAYLOADS), 5):
        group = PAYLOADS[number : number + 5]
        results = [
            result.replace(encoder=f"py:{group[place]}")
            for place, result in enumerate(entry_results(0.4 + number / 400, label=str(number)))
        ]
        for name in map(str.strip, group):
            about = About(description=" ".join(group), url=name, licence=group[0], tags=tuple(t[:50] for t in group))
            leaderboard.merge(name, results, several=True)
            leaderboard.submit(name, entry_results(0.5, label=name), about)
    site = export(leaderboard, tmp_path / "site").parent
    ran, links = [], []
    found = pages(site)
    shown = open_page(site / "index.html")
    for path in found:
        shown.goto(path.as_uri())
        if shown.evaluate("window.canary") is not None:
            ran.append(path.name)
        links += shown.evaluate("[...document.links].map(a => a.href).filter(u => !/^(file:|https?:)/.test(u))")
    print(f"{len(PAYLOADS)} payloads in every field of {len(found)} pages: {len(ran)} ran")
    assert ran == []
    assert links == []


def test_the_server_shows_the_same_pages(open_page: Any, live: str, site: Path) -> None:
    for path in one_of_each(site):
        here, there = open_page(path), open_page(f"{live}{path.relative_to(site)}")
        said = words(drawn(here).locator("main").inner_text())
        for note in here.locator(".of-copy").all_inner_texts():  # what only a copy has to say
            said = said.replace(f"{words(note)} ", "")
        assert words(drawn(there).locator("main").inner_text()) == said, path.name
        assert there.said.errors == []
        assert all(url.startswith((live, "data:")) for url in there.said.requests)


def test_an_open_page_notices_a_submission(open_page: Any, live: str, filled: Leaderboard) -> None:
    shown = open_page(live)
    assert "just now" not in drawn(shown).locator("main").inner_text()
    filled.submit("just now", entry_results(0.9, label="new"))
    shown.wait_for_selector("[data-changed]:visible", timeout=15_000)
    shown.reload()
    assert "just now" in drawn(shown).locator("main").inner_text()
