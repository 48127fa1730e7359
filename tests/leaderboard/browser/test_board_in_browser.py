"""What the script of the board does: order, filters, pins, pairs; and a board of 1,000 entries and 40 tasks."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from many_entries import many

from superb_lite_leaderboard.pages.board import render_board
from superb_lite_leaderboard.pages.render import ASSETS, asset
from superb_lite_leaderboard.pages.site import SiteContext, entry_path, task_path

ENTRIES, TASKS = 1000, 40


def written(folder: Path, entries: int, tasks: int) -> Path:
    view, columns = many(entries, tasks)
    paths = {"index.html", *(entry_path(row.ref) for row in view.rows), *(task_path(key) for key in columns)}
    rows = [replace(row, costs={"parameters": 1e6 * (entries - place)}) for place, row in enumerate(view.rows)]
    view = replace(view, rows=tuple(rows))
    (folder / "static").mkdir(parents=True)
    for name in ASSETS:
        (folder / "static" / name).write_bytes(asset(name))
    path = folder / "index.html"
    path.write_text(render_board(view, SiteContext("many", 1, paths=frozenset(paths)), columns), "utf-8")
    return path


@pytest.fixture
def board(tmp_path: Path) -> Path:
    return written(tmp_path / "site", 12, 8)


def names(page: Any) -> list[str]:
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('#board tr.entry')].filter(r => r.offsetHeight).map(r => r.dataset.name)"
    )
    return found


def values(page: Any, key: str) -> list[float]:
    """What visible rows show in a column, from top to bottom."""
    place = page.evaluate(f"document.querySelector('#board th[data-key=\"{key}\"]').cellIndex")
    found: list[float] = page.evaluate(
        f"[...document.querySelectorAll('#board tr.entry')]"
        f".map(r => Number(r.cells[{place}].querySelector('data').value))"
    )
    return found


@pytest.mark.parametrize("width", [1200, 400])
def test_every_column_sorts(open_page: Any, board: Path, width: int) -> None:
    page = open_page(board, width=width)
    ranked = names(page)
    for key in ("smell", "touch", "taste", "hearing"):
        page.select_option("#sort", key)
        assert values(page, key) == sorted(values(page, key), reverse=True)
    page.select_option("#sort", "")
    assert names(page) == ranked
    page.select_option("#sort", "cost:parameters")
    assert names(page) == ranked[::-1]
    page.select_option("#sort", "name")
    assert names(page) == sorted(ranked)
    assert page.said.errors == []


def test_a_head_sorts_either_way_by_keyboard(open_page: Any, board: Path) -> None:
    page = open_page(board)
    button = page.get_by_role("button", name="Touch")
    button.focus()
    page.keyboard.press("Enter")
    assert values(page, "touch") == sorted(values(page, "touch"), reverse=True)
    assert page.locator("#board th[data-key=touch]").get_attribute("aria-sort") == "descending"
    page.keyboard.press("Enter")
    assert values(page, "touch") == sorted(values(page, "touch"))
    assert page.locator("#board th[aria-sort]").count() == 1
    assert not page.locator("#board tr.group").first.is_visible()


def test_filters_hide_rows_and_columns_and_are_in_the_address(open_page: Any, board: Path) -> None:
    page = open_page(board)
    page.fill("#search", "number 1")
    assert names(page) == ["entry number 1", "entry number 10", "entry number 11"]
    assert page.locator("#shown").inner_text() == "3 of 12 entries"
    page.fill("#search", "")
    page.select_option("#tier", "rerun")
    assert names(page) == [f"entry number {n}" for n in range(12) if n % 3 == 2]
    page.select_option("#tier", "")
    page.select_option("#max-parameters", "10000000")
    assert len(names(page)) == 10
    page.select_option("#modality", "taste")
    assert page.locator("#board thead th:visible").all_inner_texts() == ["Entry", "Taste"]
    assert not page.locator("section#smell").is_visible()
    again = open_page(board)
    again.goto(page.url)
    again.reload()
    assert names(again) == names(page)
    assert again.locator("#modality").input_value() == "taste"


def test_pinned_rows_come_first_and_stay(open_page: Any, board: Path) -> None:
    page = open_page(board)
    page.get_by_role("button", name="Pin entry number 5 to the top").click()
    assert names(page)[0] == "entry number 5"
    page.fill("#search", "number 7")
    assert names(page) == ["entry number 5", "entry number 7"]
    page.reload()
    assert names(page)[0] == "entry number 5"
    page.get_by_role("button", name="Pin entry number 5 to the top").click()
    assert "entry number 5" not in names(page)


def test_two_entries_are_compared_by_a_page_or_else_a_command(open_page: Any, board: Path) -> None:
    page = open_page(board)
    page.get_by_label("Compare entry number 1", exact=True).check()
    assert "choose another" in page.locator("#tray").inner_text()
    page.get_by_label("Compare entry number 4", exact=True).check()
    assert "superb-lite leaderboard compare 'entry number 1' 'entry number 4'" in page.locator("#tray").inner_text()
    page.get_by_label("Compare entry number 6", exact=True).check()
    assert not page.get_by_label("Compare entry number 1", exact=True).is_checked()
    page.get_by_label("Compare entry number 4", exact=True).uncheck()
    page.get_by_label("Compare entry number 6", exact=True).uncheck()
    assert not page.locator("#tray").is_visible()


@pytest.mark.parametrize("width", [1200, 400])
def test_long_numbers_do_not_collide(open_page: Any, board: Path, width: int) -> None:
    page = open_page(board, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    overlaps = page.evaluate(
        """[...document.querySelectorAll('#board tr.entry td')].flatMap((td) => {
          const boxes = [...td.querySelectorAll('.value, .ci, .rank')].map((e) => e.getBoundingClientRect());
          const cell = td.getBoundingClientRect();
          const out = boxes.filter((b) => b.right > cell.right + 1 || b.left < cell.left - 1);
          const two = boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => a.left < b.right - 1
            && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3));
          return [...out, ...two].map(() => td.innerText);
        })"""
    )
    assert overlaps == []


@pytest.mark.slow
def test_a_thousand_entries_open_like_a_bare_table(open_page: Any, tmp_path: Path) -> None:
    """Seconds depend on the machine and on what else runs; a bare table of as many cells bears the same."""
    before = time.process_time()
    path = written(tmp_path / "site", ENTRIES, TASKS)
    made = time.process_time() - before
    bare = tmp_path / "bare.html"
    line = "<tr>" + "<td><a href=x>12.3</a> <small>[10.1, 14.5]</small></td>" * (TASKS + 5) + "</tr>"
    bare.write_text(f"<!doctype html><table>{line * ENTRIES}</table>", "utf-8")
    seconds: dict[Path, list[float]] = {path: [], bare: []}
    sorting = []
    for opened in [path, bare] * 5:
        page = open_page(opened)
        page.wait_for_load_state("load")
        seconds[opened].append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd / 1000"))
        if opened == path:
            sorting.append(
                page.evaluate(
                    "(() => { const t = performance.now(); document.querySelector('th[data-key=touch] button').click();"
                    " document.body.offsetHeight; return (performance.now() - t) / 1000; })()"
                )
            )
        page.close()
    size, opens, floor = path.stat().st_size / 1e6, min(seconds[path]), min(seconds[bare])
    print(f"{ENTRIES} entries x {TASKS} tasks: {size:.1f} MB, made in {made:.1f} CPU s", end="; ")
    print(f"opens in {opens:.2f} s, a bare table in {floor:.2f} s; sorts in {min(sorting):.2f} s")
    assert opens < 2 * floor
    assert min(sorting) < 2 * floor
