"""The table that every reader sees: its cells are the standings, and its forms agree."""

from __future__ import annotations

import csv
import dataclasses
import io
import json

import numpy as np
import pytest
from synthetic_results import BOARD, SCALE, entry, entry_results, result, task

from superb_lite.errors import UnknownNameError
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.entry import About, Submitted, Tier
from superb_lite_leaderboard.ranking.ranking import rank
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.views.board import BoardView
from superb_lite_leaderboard.views.query import BoardQuery


@pytest.fixture
def view(leaderboard: Leaderboard) -> BoardView:
    leaderboard.submit("good", [Submitted(r, Tier.RERUN) for r in entry_results(0.8, label="good")])
    leaderboard.submit("=1+1|<b>", entry_results(0.4, label="bad"), About(tags=("Tiny",)))
    leaderboard.submit("half", entry_results(0.6, label="half", modalities=["touch"]))
    return BoardView.of(leaderboard.standings(), leaderboard.entries())


def test_cells_are_the_standings(view: BoardView, leaderboard: Leaderboard) -> None:
    standings = leaderboard.standings()
    assert [row.name for row in view.rows] == [row.name for row in standings.rows]
    for row, standing in zip(view.rows, standings.rows, strict=True):
        for modality, each in standing.modalities.items():
            cell = row.cells[modality]
            assert (cell.value, (cell.lo, cell.hi), cell.rank) == (each.score, each.ci, each.rank)
        for key, of_task in standing.tasks.items():
            assert row.cells[key].value == 100 * of_task.result.score
            assert row.cells[key].normalised == of_task.normalised
        assert ("overall" in row.cells) == (standing.overall is not None)
    good, bad, half = view.rows
    assert (good.group, bad.group, half.group) == (1, 2, None)
    assert (good.tier, bad.tier) == (Tier.RERUN, Tier.REPORTED)
    assert half.missing == ("smell-lite/rose", "smell-lite/soap", "smell-lite/soap@finetune")
    assert "overall" not in half.cells


def test_csv_json_and_markdown_hold_the_same_cells(view: BoardView) -> None:
    content = json.loads(json.dumps(view.to_dict()))
    lines = list(csv.DictReader(io.StringIO(view.to_csv())))
    _, texts = view.table()
    markdown = view.to_markdown().splitlines()
    assert len(lines) == len(content["rows"]) == len(texts) == len(markdown) - 2
    for row, line, of_json, shown, marked in zip(view.rows, lines, content["rows"], texts, markdown[2:], strict=True):
        for place, heading in enumerate(view.headings, start=3):
            cell = row.cells.get(heading.key)
            if cell is None:
                assert line[heading.key] == ""
                assert heading.key not in of_json["scores"]
                assert shown[place] == "–"
            else:
                assert float(line[heading.key]) == of_json["scores"][heading.key]["score"] == cell.value
                assert float(line[f"{heading.key} hi"]) == of_json["scores"][heading.key]["ci"][1] == cell.hi
                assert shown[place].startswith(cell.text)
                assert (f"**{shown[place]}**" in marked) == cell.leads or any(
                    c.text == cell.text and c.leads for c in row.cells.values()
                )


def test_no_name_is_a_formula_or_breaks_a_table(view: BoardView) -> None:
    names = [line["name"] for line in csv.DictReader(io.StringIO(view.to_csv()))]
    assert names == ["good", "'=1+1|<b>", "half"]
    assert "| =1+1\\|&lt;b> |" in view.to_markdown()


def test_a_query_chooses_and_sorts(view: BoardView) -> None:
    def names(query: BoardQuery) -> list[str]:
        return [row.name for row in view.select(query).rows]

    assert names(BoardQuery(tier=Tier.RERUN)) == ["good"]
    assert names(BoardQuery(search="TINY")) == ["=1+1|<b>"]
    assert names(BoardQuery(search="half-touch")) == ["half"]
    assert names(BoardQuery(sort="name")) == ["=1+1|<b>", "good", "half"]
    assert names(BoardQuery(sort="touch-lite/silk")) == ["good", "half", "=1+1|<b>"]
    assert names(BoardQuery(modality="smell")) == ["good", "=1+1|<b>"]
    some = view.select(BoardQuery(tasksets=("touch-lite",)))
    assert [heading.key for heading in some.headings if heading.kind == "task"] == [
        "touch-lite/silk",
        "touch-lite/sand",
    ]
    assert [heading.key for heading in some.headings if heading.kind != "task"] == ["touch"]  # the mean of these tasks
    assert [row.name for row in some.rows] == ["good", "half", "=1+1|<b>"]  # by that mean
    assert names(BoardQuery(tasksets=("smell-lite",))) == ["good", "=1+1|<b>"]  # those that have a task of the set
    assert names(BoardQuery(tasksets=("smell-lite",), pinned=("half",)))[0] == "half"
    for query in (
        BoardQuery(modality="taste"),
        BoardQuery(sort="colour"),
        BoardQuery(tasksets=("glue",)),
        BoardQuery(tag="huge"),
    ):
        with pytest.raises(UnknownNameError):
            view.select(query)


def test_an_order_may_be_turned_round_and_what_is_unknown_stays_last(view: BoardView) -> None:
    costs = {"good": 3e6, "half": 2e9}
    rows = [dataclasses.replace(r, costs={"parameters": costs[r.name]} if r.name in costs else {}) for r in view.rows]
    view = dataclasses.replace(view, rows=tuple(rows))

    def names(query: BoardQuery) -> list[str]:
        return [row.name for row in view.select(query).rows]

    assert names(BoardQuery(sort="cost:parameters")) == ["good", "half", "=1+1|<b>"]
    assert names(BoardQuery(sort="-cost:parameters")) == ["half", "good", "=1+1|<b>"]
    assert names(BoardQuery(sort="smell")) == names(BoardQuery(sort="iqm")) == ["good", "=1+1|<b>", "half"]
    assert names(BoardQuery(sort="-smell")) == names(BoardQuery(sort="-mean-rank")) == ["=1+1|<b>", "good", "half"]
    assert names(BoardQuery(sort="-name")) == ["half", "good", "=1+1|<b>"]
    assert names(BoardQuery(sort="-submitted")) == ["good", "=1+1|<b>", "half"]
    assert names(BoardQuery(most_parameters=3e6)) == ["good"]
    assert names(BoardQuery(tag="tiny")) == ["=1+1|<b>"]


def test_pinned_rows_come_first_and_columns_that_are_not_shown_are_left_out(view: BoardView) -> None:
    shown = view.select(BoardQuery(modality="touch", pinned=("half",), search="good"))
    assert [row.name for row in shown.rows] == ["half", "good"]
    content = shown.to_dict()
    keys = [column["key"] for column in content["columns"]]
    assert keys == ["touch", "touch-lite/silk", "touch-lite/sand"]
    assert all(row["scores"].keys() <= set(keys) and set(row["missing"]) <= set(keys) for row in content["rows"])
    with pytest.raises(UnknownNameError, match="entry of this board"):
        view.select(BoardQuery(pinned=("hals",)))


def test_a_modality_is_ranked_by_its_own_score(view: BoardView) -> None:
    assert [row.name for row in view.select(BoardQuery(modality="touch")).rows] == ["good", "half", "=1+1|<b>"]
    assert [row.name for row in view.rows] == ["good", "=1+1|<b>", "half"]


def test_a_task_says_what_its_scale_is(view: BoardView) -> None:
    heading = view.heading("smell-lite/soap@finetune")
    assert (heading.protocol, heading.form, heading.metrics) == ("finetune", "classify", ("accuracy",))
    assert (heading.floor, heading.ceiling) == (25.0, 95.0)


def test_groups_references_and_means_are_those_of_the_ranking(view: BoardView, leaderboard: Leaderboard) -> None:
    rows = {row.name: row for row in leaderboard.standings().rows}
    lines = {line["name"].lstrip("'"): line for line in csv.DictReader(io.StringIO(view.to_csv()))}
    for shown in view.rows:
        row = rows[shown.name]
        assert shown.group == (None if row.overall is None else row.overall.group)
        assert (shown.reference, shown.mean_rank, shown.iqm) == (bool(row.reference), row.mean_rank, row.iqm)
        of_json = shown.to_dict(())
        assert (of_json["mean_rank"], of_json["iqm"]) == (row.mean_rank, row.iqm)
        assert lines[shown.name]["iqm"] == ("" if row.iqm is None else str(row.iqm))
    assert [shown.mean_rank for shown in view.rows] == [1.0, 2.0, None]


def test_a_set_has_a_column_unless_a_language_says_the_same() -> None:
    columns = tuple(
        Column(dataclasses.replace(task(name, "smell"), language=language), "frozen", SCALE)
        for name, language in (("a-lite/x", "en"), ("b-lite/x", "zh"), ("c-lite/x", "zh"))
    )
    results = [
        result(c.task.name, modality="smell", values=np.roll(np.eye(3, 9), i, axis=1)) for i, c in enumerate(columns)
    ]
    entries = [entry("it", results)]
    found = BoardView.of(rank(entries, BOARD, columns), entries)
    sets = {heading.key: heading.taskset for heading in found.headings if heading.kind == "set"}
    assert sets == {"smell/b-lite": "b-lite", "smell/c-lite": "c-lite"}  # "a-lite" is what is in English
    (row,) = found.rows
    assert row.cells["smell/b-lite"].value == pytest.approx(row.cells["b-lite/x"].normalised)

    def chosen(*sets: str) -> list[str]:
        return [heading.key for heading in found.select(BoardQuery(tasksets=sets)).headings]

    assert chosen("c-lite") == ["smell/c-lite", "c-lite/x"]
    assert chosen("a-lite") == ["smell/en", "a-lite/x"]
    assert chosen("b-lite", "c-lite") == ["smell/b-lite", "smell/c-lite", "b-lite/x", "c-lite/x"]
