"""One task as values, and its page."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest
import synthetic_results
from board_pages import Reader
from synthetic_results import entry_results

from superb_lite import SuperbLiteError, plugins
from superb_lite.tasks.labels import Example, TaskData
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.pages.site import SiteContext
from superb_lite_leaderboard.pages.task import render_task
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.views.board import BoardView
from superb_lite_leaderboard.views.task import TaskView, _called

HOSTILE = "<script>alert(1)</script>"
KEY = "smell-lite/rose"
TEXTS = [f"a rose {number} {HOSTILE}" for number in range(9)]


@pytest.fixture
def columns(leaderboard: Leaderboard) -> Mapping[str, Column]:
    leaderboard.submit("good", entry_results(0.9, label="good"))
    leaderboard.submit("bad", entry_results(0.3, label="bad"))
    leaderboard.submit("also bad", entry_results(0.3, label="also"))
    return {column.key: column for column in leaderboard.columns}


@pytest.fixture
def view(leaderboard: Leaderboard, columns: Mapping[str, Column]) -> BoardView:
    return BoardView.of(leaderboard.standings(), leaderboard.entries())


def with_data(column: Column, description: str = "") -> Column:
    """The column, with a test split whose last three examples have another label."""
    items = {f"i{number}": text for number, text in enumerate(TEXTS)}
    test = tuple(Example(f"e{number}", (f"i{number}",), int(number >= 6)) for number in range(len(TEXTS)))
    data = TaskData(items, test, test)
    return dataclasses.replace(
        column, task=dataclasses.replace(column.task, load=lambda root: data, description=description)
    )


def test_a_task_says_who_separates(view: BoardView, columns: Mapping[str, Column]) -> None:
    found = TaskView.of(view, columns[KEY], examples=0)
    assert found.rows[0].entry.name == "good"
    assert [(row.better, row.worse) for row in found.rows] == [(0, 2), (1, 0), (1, 0)]
    for row in found.rows:
        cell = {each.ref: each for each in view.rows}[row.entry.ref].cells[KEY]
        assert row.cell == cell
    told = found.to_dict()
    assert [row["significantly_worse"] for row in told["rows"]] == [2, 0, 0]
    assert told["floor"] == pytest.approx(100 * synthetic_results.FLOOR)
    assert (found.examples, found.note) == ((), "")


def test_examples_are_of_all_labels_with_their_words(view: BoardView, columns: Mapping[str, Column]) -> None:
    found = TaskView.of(view, with_data(columns[KEY]), examples=4)
    assert [(example.id, example.label) for example in found.examples] == [
        *(("e0", "no"), ("e1", "no"), ("e6", "yes"), ("e7", "yes"))
    ]


def test_data_that_cannot_be_loaded_is_said(view: BoardView, columns: Mapping[str, Column]) -> None:
    def missing(root: object) -> TaskData:
        raise SuperbLiteError("the data is somewhere else")

    column = columns[KEY]
    found = TaskView.of(view, dataclasses.replace(column, task=dataclasses.replace(column.task, load=missing)))
    assert found.examples == ()
    assert "somewhere else" in found.note


def test_a_task_of_another_board_is_refused(view: BoardView, columns: Mapping[str, Column]) -> None:
    strange = dataclasses.replace(columns[KEY], task=synthetic_results.task("smell-lite/other", "smell"))
    with pytest.raises(SuperbLiteError, match="smell-lite/other"):
        TaskView.of(view, strange)


def test_the_page_of_a_task_has_its_numbers_and_takes_nothing_for_markup(
    view: BoardView, columns: Mapping[str, Column]
) -> None:
    found = TaskView.of(view, with_data(columns[KEY], HOSTILE))
    html = render_task(found, SiteContext("senses", 7).at("task/x.html"))
    reader = Reader(html)
    for row in found.rows:
        assert {row.cell.value, row.cell.lo, row.cell.hi, row.cell.normalised} <= set(reader.values)
    assert reader.tags.count("script") == 1
    assert HOSTILE in reader.text
    assert TEXTS[0] in reader.text
    assert "label yes" in reader.words
    assert "../static/style.css" in reader.links


def test_the_page_of_a_task_nobody_was_measured_on(leaderboard: Leaderboard) -> None:
    assert plugins.tasksets()
    empty = BoardView.of(leaderboard.standings(), [])
    column = {column.key: column for column in leaderboard.columns}[KEY]
    text = Reader(render_task(TaskView.of(empty, column, examples=0), SiteContext("senses", 7))).words
    assert "No entry has a result here" in text


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("references/text", "text reference, all labels"),
        ("hour/text-bert-0", "text-bert, an hour"),
        ("minute/text-gpt-12", "text-gpt, a minute"),
        ("raw:hog", "raw:hog"),
        ("hf:all-MiniLM-L6-v2", "hf:all-MiniLM-L6-v2"),
    ],
)
def test_marks_of_the_sheets_are_named_for_people(name: str, called: str) -> None:
    assert _called(name) == called
