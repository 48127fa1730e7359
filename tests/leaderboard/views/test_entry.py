"""An entry with the evidence for its numbers."""

from __future__ import annotations

import io
import json

import pytest
from synthetic_results import CEILING, FLOOR, entry_results

from superb_lite.cli.progress import LineConsole
from superb_lite.results.cost import Cost
from superb_lite.results.pretraining import Pretraining
from superb_lite_leaderboard.entry import About, Submitted, Tier
from superb_lite_leaderboard.terminal.entry import bars, curve, render
from superb_lite_leaderboard.views.entry import EntryView


@pytest.fixture
def board(leaderboard):
    leaderboard.submit("good", entry_results(0.8, label="good"))
    leaderboard.submit("poor", [Submitted(result, Tier.RERUN) for result in entry_results(0.5, label="poor")])
    return leaderboard


def view(board, ref: str) -> EntryView:
    return EntryView.of(board, board.entry(ref))


def test_its_numbers_are_those_of_the_results_and_of_the_standings(board):
    found = view(board, "good")
    standings = board.standings()
    row = next(row for row in standings.rows if row.name == "good")
    assert [task.key for task in found.tasks] == [column.key for column in standings.columns]
    for task, measured in zip(found.tasks, board.entry("good").results, strict=True):
        result = board.result(measured)
        assert task.score == 100 * result.score
        assert (task.lo, task.hi) == (100 * result.ci[0], 100 * result.ci[1])
        assert task.seeds == tuple(100 * seed.score for seed in result.seeds)
        assert (task.floor, task.ceiling) == (pytest.approx(100 * FLOOR), pytest.approx(100 * CEILING))
        assert task.normalised == row.tasks[task.key].normalised
        assert task.rank == row.tasks[task.key].rank
        assert task.tier is Tier.REPORTED
        assert task.rival == "poor@1"
    assert found.scores[0].score == row.overall.score
    assert [score.name for score in found.scores][:3] == ["overall", "smell", "touch"]
    assert found.tier is Tier.REPORTED
    assert view(board, "poor").tier is Tier.RERUN


def test_the_weights_of_layers_are_means_over_seeds(board):
    results = entry_results(0.7, label="layered", modalities=["smell"])
    weights = ([0.2, 0.8], [0.4, 0.6], [0.9, 0.1])
    chosen = [
        seed.model_copy(update={"chosen": {"layers": w}}) for seed, w in zip(results[0].seeds, weights, strict=True)
    ]
    single = [
        seed.model_copy(update={"chosen": {"layers": layer}})
        for seed, layer in zip(results[1].seeds, (0, 2, 2), strict=True)
    ]
    odd = [seed.model_copy(update={"chosen": {"layers": ["<b>", 1]}}) for seed in results[2].seeds]
    results = [result.replace(seeds=tuple(seeds)) for result, seeds in zip(results, (chosen, single, odd), strict=True)]
    board.submit("layered", results)
    first, second, third = view(board, "layered").tasks
    assert first.layers == pytest.approx((0.5, 0.5))
    assert second.layers == pytest.approx((1 / 3, 0, 2 / 3))
    assert third.layers == ()


def test_versions_are_history_and_only_the_newest_is_ranked(board):
    board.submit("good", entry_results(0.9, label="better"))
    newest, older = view(board, "good"), view(board, "good@1")
    assert (newest.ref, newest.standing, newest.tasks[0].rank) == ("good@2", True, (1, 1))
    assert (older.ref, older.standing, older.tasks[0].rank, older.scores) == ("good@1", False, None, ())
    assert [version.ref for version in newest.history] == ["good@2", "good@1"]
    board.withdraw("good@2", "a mistake")
    assert view(board, "good@2").withdrawn
    assert view(board, "good").ref == "good@1"
    assert [event.kind for event in view(board, "good").history[0].events] == ["submitted", "withdrawn"]


def test_entries_of_the_same_encoders_are_said_to_be_the_same(board):
    board.submit("copy", entry_results(0.8, label="good"))
    assert view(board, "copy").same_as == ("good@1",)
    assert view(board, "poor").same_as == ()


def test_a_missing_column_is_named_and_a_damaged_result_left_out(board):
    board.submit("part", entry_results(0.8, label="part", modalities=["smell"]))
    assert view(board, "part").missing == ("touch-lite/silk", "touch-lite/sand")


def test_an_encoder_has_its_cost_its_pretraining_and_its_curve(board):
    training = Pretraining(
        objective="smell-it", steps=1200, seconds=60.0, corpora=("roses",), curve=((1, 2.0), (9, 0.5))
    )
    cost = Cost(parameters=1_200_000, flops=3_000_000, items_per_second=250.0, device="cpu", threads=2, batch_size=32)
    results = entry_results(0.7, label="a", modalities=["smell"])
    board.submit("whole", [result.replace(pretraining=training, cost=cost) for result in results])
    (encoder,) = view(board, "whole").encoders
    assert dict(encoder.pretraining)["steps"] == "1,200"
    assert dict(encoder.pretraining)["corpora"] == "roses"
    assert dict(encoder.cost)["parameters"] == "1.20 M"
    assert dict(encoder.cost)["items a second"] == "250"
    assert encoder.curve == ((1, 2.0), (9, 0.5))
    assert view(board, "good").encoders[0].cost == ()


def test_no_path_of_this_machine_is_in_it(board):
    results = [
        r.replace(encoder="/home/ann/secret/my-nose") for r in entry_results(0.7, label="a", modalities=["smell"])
    ]
    board.submit("mine", results)
    text = json.dumps(view(board, "mine").to_dict())
    assert "my-nose" in text
    assert "ann" not in text
    assert "secret" not in text


def test_what_strangers_wrote_moves_no_cursor_and_fits_80_columns(board):
    about = About(description="\x1b[2J [bold]x[/bold] \u202egnp", tags=("\x07bell",))
    board.submit("odd [x] name", entry_results(0.7, label="a"), about)
    console = LineConsole(width=80, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(render(view(board, "odd [x] name")))
    shown = console.export_text()
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    assert "[bold]x[/bold]" in shown
    assert "odd [x] name@1" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_markdown_has_the_scores_and_no_markup_of_strangers(board):
    board.submit("a|b <img>", entry_results(0.7, label="a"))
    text = view(board, "a|b <img>").to_markdown()
    assert text.startswith("## a\\|b &lt;img>@1\n")
    rows = [line for line in text.splitlines() if "lite/" in line]
    assert len(rows) == 5
    assert all(line.replace("\\|", "").count("|") == 7 for line in rows)


def test_bars_and_curves_are_short():
    assert bars((0.0, 1.0)) == "▁█"
    assert len(bars([0.1] * 50)) == 12
    assert curve([(0, 3.0), (1, 2.0), (2, 1.0)])[0] == "█"
    assert len(curve([(i, 1.0) for i in range(1000)])) == 40


def test_the_rival_has_other_weights_and_the_same_weights_are_said(board):
    best = entry_results(0.9, label="best")
    board.submit("best", best)
    part = [result for result in best if result.modality == "smell"]
    board.submit("nose", part)
    found = view(board, "nose")
    assert {task.rival for task in found.tasks} == {"good@1"}
    assert found.same_as == ()
    assert found.shares == (("smell", "best@1"),)
    console = LineConsole(width=80, record=True, file=io.StringIO())
    console.print(render(found))
    assert "its smell encoder is also that of best@1" in console.export_text()
    assert view(board, "good").shares == ()
