"""The board in a terminal: what it shows is the view, and it fits 80 columns."""

from __future__ import annotations

import dataclasses
import re
import time

import pytest
from rich.console import Console, RenderableType
from synthetic_results import entry_results

from superb_lite.cli.progress import LineConsole
from superb_lite.results.text import number, signed
from superb_lite_leaderboard.entry import Submitted, Tier
from superb_lite_leaderboard.ranking.ranking import Gain
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.terminal.board import incomplete, render
from superb_lite_leaderboard.views.board import BoardView
from superb_lite_leaderboard.views.query import BoardQuery

HOSTILE = "[red]x[/red]<script>{{ 7 * 7 }}|`\\"


def shown(board: RenderableType, width: int = 80) -> str:
    console = LineConsole(width=width, force_terminal=False)
    with console.capture() as capture:
        console.print(board)
    return capture.get()


def view_of(leaderboard: Leaderboard) -> BoardView:
    return BoardView.of(leaderboard.standings(), leaderboard.entries())


@pytest.fixture
def view(leaderboard: Leaderboard) -> BoardView:
    for number_, name in enumerate(("good", HOSTILE, "a name of many words " * 4 + "x", "fourth")):
        results = entry_results(0.8 - 0.1 * number_, label=f"e{number_}")
        leaderboard.submit(name, [Submitted(r, Tier.RERUN, own_code=name == "good") for r in results])
    leaderboard.submit("half", entry_results(0.6, label="half", modalities=["touch"])[:1])
    return view_of(leaderboard)


@pytest.mark.parametrize("width", [80, 100, 200])
@pytest.mark.parametrize("rows", [3, 5])
def test_every_cell_is_shown_whole(view: BoardView, width: int, rows: int) -> None:
    view = dataclasses.replace(view, rows=view.rows[:rows])
    text = shown(render(view), width)
    assert max(map(len, text.splitlines())) <= width
    for row in view.rows:
        assert re.sub(r"\s", "", row.name)[:8] in re.sub(r"\s", "", text)
        for cell in row.cells.values():
            assert cell.text in text
    for heading in view.headings:
        assert heading.detects is None or number(heading.detects) in text
    assert ("rerun!" in text) == any(row.own_code for row in view.rows)


def test_large_numbers_of_many_columns_stay_whole_at_80_columns(view: BoardView) -> None:
    rows = []
    for row in view.rows:
        cells = {
            key: dataclasses.replace(cell, value=-186.0 - place, lo=-192.3 - place, hi=-179.7 - place, marks="†?‡")
            for place, (key, cell) in enumerate(row.cells.items())
        }
        rows.append(dataclasses.replace(row, cells=cells))
    extra = [dataclasses.replace(view.headings[1], key=f"m{i}", label=f"modality {i}") for i in range(6)]
    text = shown(render(dataclasses.replace(view, rows=tuple(rows), headings=(*view.headings, *extra))))
    assert max(map(len, text.splitlines())) <= 80
    for row in rows:
        for cell in row.cells.values():
            assert f"{cell.text}†?‡" in text
    assert "−186.0 ± 6.3" in text
    assert all(re.search(rf"\bmodality {i}\b", text) for i in range(6))
    assert ", continued" in text


def test_control_characters_and_markup_of_names_are_text(leaderboard: Leaderboard) -> None:
    leaderboard.submit("ok", entry_results(0.7, label="x"))
    view = view_of(leaderboard)
    evil = "\x1b[2J\x07\u202e[bold]name[/bold]\n"
    view = dataclasses.replace(
        view, rows=tuple(dataclasses.replace(row, name=evil) for row in view.rows), notes=(f"note {evil}",)
    )
    text = shown(render(view), 200)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", text)
    assert re.sub(r"\s", "", text).count("\\x1b[2J\\x07\\u202e[bold]name[/bold]") >= 2


def test_only_the_first_rows_are_shown_and_quickly(view: BoardView) -> None:
    row = view.rows[0]
    many = dataclasses.replace(
        view, rows=tuple(dataclasses.replace(row, name=f"entry {i}", ref=f"entry {i}@1") for i in range(1000))
    )
    started = time.process_time()
    text = shown(render(many))
    seconds = time.process_time() - started
    print(f"a board of 1,000 entries is shown in {seconds:.2f} CPU s")
    assert seconds < 2
    assert "980 more of 1,000 entries: --all shows them" in text
    assert ("entry 19" in text, "entry 20" in text) == (True, False)
    assert "entry 999" in shown(render(many, most=None))


def test_a_modality_has_its_own_groups(view: BoardView) -> None:
    text = shown(render(view.select(BoardQuery(modality="touch"))))
    assert "smell" not in text
    groups = re.findall(r"^(\d|–)  ", text, re.MULTILINE)
    keys = [row.cells.get("touch") for row in view.select(BoardQuery(modality="touch")).rows]
    assert groups == ["–" if cell is None else str(cell.group) for cell in keys]


def test_gains_are_shown_with_their_intervals(view: BoardView) -> None:
    gains = tuple(
        Gain(row.name, key, "random:nose", 0.1 * place + 0.01, (0.1 * place - 0.01, 0.1 * place + 0.03))
        for place, row in enumerate(view.rows[:4])
        for key in row.cells
        if "-lite/" in key
    )
    for shown_gains in (gains, gains[:5]):
        text = shown(render(dataclasses.replace(view, gains=shown_gains)))
        assert "minus its random twin" in text
        for gain in shown_gains:
            assert f"{signed(100 * gain.difference)} ± 2.0" in text
    assert "random twin" not in shown(render(view))


def test_languages_have_a_table(bilingual: None, leaderboard: Leaderboard) -> None:
    leaderboard.submit("both", entry_results(0.7, label="x"))
    view = view_of(leaderboard)
    text = shown(render(view))
    assert "by language" in text
    for language in ("en", "zh"):
        assert view.rows[0].cells[f"smell/{language}"].text in text
    assert "smell-lite/rose (en)" in text


def test_an_empty_board_says_so(leaderboard: Leaderboard) -> None:
    assert "no entries" in shown(render(view_of(leaderboard)))


def test_missing_columns_are_named(leaderboard: Leaderboard) -> None:
    partial = entry_results(0.7, label="x", modalities=["touch"])[:1]
    for name in "abcd":
        leaderboard.submit(name, partial)
    leaderboard.submit("whole modality", entry_results(0.7, label="y", modalities=["touch"]))
    view = view_of(leaderboard)
    notes = incomplete(view.modalities, view.headings, view.rows)
    assert notes == [
        *(f"'{name}' has no touch score: touch-lite/sand is missing" for name in "abc"),
        "... and 1 more scores with missing columns",
    ]
    assert notes[0] in shown(render(view))


def test_unknown_pretraining_is_explained(leaderboard: Leaderboard) -> None:
    leaderboard.submit("who", [r.replace(in_domain=None) for r in entry_results(0.7, label="x")])
    text = " ".join(shown(render(view_of(leaderboard))).split())
    assert "? pretrained on what nobody knows" in text


def test_a_console_that_reads_markup_finds_none(view: BoardView) -> None:
    console = Console(width=100)
    with console.capture() as capture:
        console.print(render(view))
    assert HOSTILE[:12] in capture.get()


def test_columns_without_a_scale_say_why_there_is_no_overall_score_and_are_ranked(view: BoardView) -> None:
    line = "no overall score: means are taken of columns with a scale (superb-lite calibrate), each column is ranked"
    assert line not in shown(render(view), 200)
    (first, *_) = (heading for heading in view.headings if heading.kind == "task")
    bare = dataclasses.replace(first, floor=None, ceiling=None)
    text = shown(
        render(dataclasses.replace(view, headings=tuple(bare if h == first else h for h in view.headings))), 200
    )
    assert f"{line} by itself; without one: {first.label}" in text
    assert view.rows[0].cells[first.key].text in text
