"""What others published: shown on boards that have the tasks, in every form, and never ranked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from board_pages import page_of
from rich.console import Console
from synthetic_results import BOARD, SMELL, TOUCH, entry, entry_results

from superb_lite import plugins
from superb_lite.tasks.published import Figure, PublishedRow
from superb_lite_leaderboard.board import Board, resolve_columns
from superb_lite_leaderboard.ranking.ranking import Standings, rank
from superb_lite_leaderboard.terminal.board import render
from superb_lite_leaderboard.views.board import BoardView
from superb_lite_leaderboard.views.query import BoardQuery

ROWS = (
    PublishedRow(
        "Nose-Large",
        "the smell benchmark",
        (
            Figure(("smell-lite/rose",), "accuracy", 0.873),
            Figure(("smell-lite/soap", "smell-lite/mud"), "accuracy", 0.5),
        ),
        score=941.4,
        score_name="smell_s",
    ),
    PublishedRow("Nose-[b]", "somebody", score_name="smell_s"),
)


@pytest.fixture
def _published(monkeypatch: pytest.MonkeyPatch) -> None:
    smell = replace(SMELL, published=f"{__name__}:ROWS")
    monkeypatch.setattr(plugins, "tasksets", lambda: {"smell-lite": smell, "touch-lite": TOUCH})


def ranked(board: Board = BOARD) -> Standings:
    results = [r for r in entry_results(0.6, label="one") if (r.task, r.protocol) in board.columns]
    return rank([entry("one", results)], board, resolve_columns(board))


@pytest.mark.usefixtures("_published")
def test_published_rows_are_shown_and_not_ranked() -> None:
    standings = ranked()
    assert [row.name for row in standings.rows] == ["one"]
    view = BoardView.of(standings, [entry("one", entry_results(0.6, label="one"))])
    first, second = view.published
    assert first.figures == (("smell-lite/rose accuracy", 87.3),)  # a task of the other is not on the board
    assert (first.score, first.score_name) == (941.4, "smell_s")
    of_json = view.to_dict()["published"][0]
    assert (of_json["tier"], of_json["ranked"], of_json["source"]) == ("reported", False, "the smell benchmark")
    assert second.score is None
    assert view.select(BoardQuery(tasksets=("touch-lite",))).published == ()
    console = Console(width=80, force_terminal=False)
    with console.capture() as capture:
        console.print(render(view))
    text = " ".join(capture.get().split())
    assert "smell-lite: published, not measured here, never ranked" in text
    assert "Nose-Large 941.4 87.3" in text
    assert "Nose-[b] – –" in text


@pytest.mark.usefixtures("_published")
def test_without_their_tasks_published_rows_are_not_shown() -> None:
    assert ranked(Board("touch", 1, BOARD.columns[3:])).published == {}


def test_the_official_sets_have_published_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the sets that are installed
    board = Board("official", 1, (("superb/ks", "frozen"), ("superb/sf", "frozen"), ("glue/rte", "frozen")))
    found = rank([], board, resolve_columns(board)).published
    assert set(found) == {"superb", "glue"}
    superb = {row.name: row for row in found["superb"]}
    assert superb["HuBERT-Base"].score == pytest.approx(941, abs=0.5)
    assert superb["TERA"].score == pytest.approx(150, abs=0.5)
    figures = {(figure.tasks, figure.metric): figure.value for figure in superb["HuBERT-Base"].figures}
    assert figures == pytest.approx(
        {
            (("superb/ks",), "accuracy"): 0.963,
            (("superb/sf",), "slot_f1"): 0.8853,
            (("superb/sf",), "slot_accuracy"): 0.748,
        }
    )
    scores = [row.score for row in found["glue"]]
    assert scores == sorted(scores, key=lambda score: -(score or 0.0))
    assert {row.name: row.score for row in found["glue"]}["BERT-large"] == 80.5


@pytest.mark.usefixtures("_published")
def test_the_page_shows_published_rows_apart() -> None:
    html = page_of(ranked(), [entry("one", entry_results(0.6, label="one"))])
    section = html[html.index('id="published"') :]
    section = section[: section.index("</section>")]
    assert "never ranked" in section
    assert "the smell benchmark" in section
    assert "Nose-[b]" in section
    assert ">87.3<" in section
    assert ">941.4<" in section
