"""The live board without JavaScript: a form, links, and the same rows as the script of the static board leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from drawing import drawn
from synthetic_results import entry_results

from superb_lite.results.cost import Cost
from superb_lite_leaderboard.entry import About, Submitted, Tier
from superb_lite_leaderboard.pages.board_site import BoardSite
from superb_lite_leaderboard.pages.export import export
from superb_lite_leaderboard.pages.site import set_path
from superb_lite_leaderboard.store.leaderboard import Leaderboard


@pytest.fixture
def filled(leaderboard: Leaderboard) -> Leaderboard:
    for place, accuracy in enumerate((0.3, 0.8, 0.5)):
        cost = Cost(parameters=10 ** (place + 6))
        results = [r.replace(cost=cost) for r in entry_results(accuracy, label=f"nose{place}")]
        about = About(tags=("odd",) if place % 2 else ())
        tier = Tier.RERUN if place else Tier.REPORTED
        leaderboard.submit(f"entry {place}", [Submitted(result, tier) for result in results], about)
    leaderboard.submit("half", entry_results(0.9, label="half", modalities=["touch"]))
    return leaderboard


@pytest.fixture
def static(filled: Leaderboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    paths = BoardSite.paths
    few = ("index.html", set_path("touch-lite"), "static/board.js", "static/style.css")
    monkeypatch.setattr(BoardSite, "paths", lambda site: tuple(path for path in paths(site) if path in few))
    return export(filled, tmp_path / "site")


def rows(page: Any) -> list[str]:
    """What each visible row of the table says, without its buttons."""
    found: list[str] = drawn(page).evaluate(
        """[...document.querySelectorAll('#board thead tr, #board tr.entry')].filter(r => r.offsetHeight).map(r =>
          [...r.cells].filter(c => c.offsetHeight).map(c =>
            c.innerText.replace(c.querySelector('.acts')?.innerText ?? '', '').replace(/\\s+/g, ' ').trim()).join('|'))
        """
    )
    return found


CHOICES = [
    {"search": "entry"},
    {"modality": "smell"},
    {"modality": "touch", "sort": "name"},
    {"tag": "odd"},
    {"tier": "rerun"},
    {"max-parameters": "100000000"},
    {"sort": "touch"},
    {"sort": "cost:parameters"},
    {"columns": "parameters", "sort": "name"},
    {"sort": "mean-rank", "search": "ENTRY"},
]


def choose(page: Any, choice: dict[str, str]) -> None:
    for name, value in choice.items():
        if name == "columns":
            page.check(f"[name=columns][value={value}]")
        elif name == "search":
            page.fill("#search", value)
        else:
            page.select_option(f"[id='{name}']", value)


def test_the_form_without_a_script_shows_what_the_script_of_a_file_shows(
    open_page: Any, live: str, static: Path
) -> None:
    of_server, of_file = open_page(live, javascript=False), open_page(static)
    whole = rows(of_file)
    for choice in CHOICES:
        of_server.goto(live)
        assert rows(of_server) == whole
        choose(of_server, choice)
        of_server.get_by_role("button", name="Show").click()
        of_file.goto(static.as_uri())
        of_file.reload()
        choose(of_file, choice)
        shown = rows(of_server)
        assert shown == rows(of_file), choice
        assert shown != whole, choice
        assert of_server.locator("#shown").inner_text() == of_file.locator("#shown").inner_text()
    assert of_file.said.errors == []


def test_heads_and_pins_are_links_without_a_script(open_page: Any, live: str) -> None:
    page = open_page(live, javascript=False)
    names = "tr.entry .name"
    page.locator("#board thead").get_by_role("link", name="Touch").click()
    assert drawn(page).locator(names).all_inner_texts() == ["half", "entry 1", "entry 2", "entry 0"]
    assert page.locator("th[data-key=touch]").get_attribute("aria-sort") == "descending"
    page.locator("#board thead").get_by_role("link", name="Touch").click()
    assert drawn(page).locator(names).all_inner_texts() == ["entry 0", "entry 2", "entry 1", "half"]
    assert page.locator("th[data-key=touch]").get_attribute("aria-sort") == "ascending"
    page.get_by_role("link", name="Pin entry 1 to the top").click()
    assert drawn(page).locator(names).all_inner_texts() == ["entry 1", "entry 0", "entry 2", "half"]
    page.get_by_role("link", name="Take entry 1 from the top").click()
    assert drawn(page).locator(names).all_inner_texts() == ["entry 0", "entry 2", "entry 1", "half"]


def test_with_a_script_a_choice_asks_at_once(open_page: Any, live: str) -> None:
    page = open_page(live)
    with page.expect_navigation():
        page.select_option("#tag", "odd")
    assert page.url == f"{live}index.html?tag=odd"
    assert drawn(page).locator("tr.entry .name").all_inner_texts() == ["entry 1"]
    page.get_by_label("Compare entry 1").check()
    assert "choose another" in page.locator("#tray").inner_text()
    with page.expect_navigation():
        page.check("[name=columns][value=parameters]")
    assert page.url == f"{live}index.html?tag=odd&columns=parameters"
    assert drawn(page).locator("#board td.of-cost").all_inner_texts() == ["20 M"]
    assert page.said.errors == []


def test_the_tasks_of_a_set_stand_side_by_side_and_sort(open_page: Any, live: str, static: Path) -> None:
    of_server, of_file = open_page(live, javascript=False), open_page(static)
    for page in (of_server, of_file):
        page.get_by_role("navigation", name="Task set").get_by_role("link", name="touch-lite").click()
    heads = "#board thead th:visible"
    assert of_file.locator(heads).all_inner_texts() == ["Entry", "Touch", "silk", "sand"]
    assert rows(of_file) == rows(of_server)
    for of_set in ("touch-lite/silk", "touch-lite/sand"):
        label = of_set.split("/")[1]
        of_file.get_by_role("button", name=label).click()
        of_server.locator("#board thead").get_by_role("link", name=label).click()
        assert of_server.locator(f"th[data-key='{of_set}']").get_attribute("aria-sort") == "descending"
        assert rows(of_file) == rows(of_server)
    of_file.select_option("#sort", "")
    assert of_file.locator("th[data-key=touch]").get_attribute("aria-sort") == "descending"
    assert of_file.said.errors == []
