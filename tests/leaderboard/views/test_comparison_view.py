"""Two entries of a board: differences, and the examples where they differ."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
import torch
from synthetic_results import entry_results

from superb_lite import plugins
from superb_lite.cli.progress import LineConsole
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from superb_lite.results import scale
from superb_lite.results.comparison import compare
from superb_lite.tasks.labels import TaskData
from superb_lite.tasks.taskset import Board, TaskSet
from superb_lite_leaderboard.entry import Submitted, Tier
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.terminal.comparison import render
from superb_lite_leaderboard.views.comparison import ComparisonView
from superb_lite_leaderboard.views.examples import ExampleReader
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, tag_data, toy_task

CLASSIFY = toy_task(classify_data(noise=0.6, test=60))
TAG = toy_task(tag_data(noise=0.8, test=20), form="tag")
BOARD = Board("toys", 1, (("toy/classify", "knn"), ("toy/tag", "frozen")))


class Blurred(ToyEncoder):
    """Worse than `ToyEncoder`: of the three channels it sees one."""

    def forward(self, batch):
        found = super().forward(batch)
        seen = torch.tensor([1.0, 0.0, 0.0])
        return dataclasses.replace(found, layers=tuple(x * seen for x in found.layers))


@pytest.fixture
def toys(monkeypatch, tmp_path) -> Leaderboard:
    """ "clear" and "blurred", measured here, and "sent", the former without its predictions."""
    monkeypatch.setattr(plugins, "tasksets", lambda: {"toy": TaskSet("toy", (CLASSIFY, TAG))})
    monkeypatch.setattr(scale, "scale", lambda task, protocol: None)
    board = Leaderboard(tmp_path / "toys.db", BOARD)
    torch.manual_seed(0)
    for name, encoder in (("clear", ToyEncoder()), ("blurred", Blurred())):
        results = [
            *evaluate(encoder, CLASSIFY, protocol="knn", seeds=3),
            *evaluate(encoder, TAG, protocol="frozen", seeds=3),
        ]
        board.submit(name, [Submitted(result, Tier.RERUN) for result in results])
        if name == "blurred":
            continue
        other = [r.replace(predictions={}, cluster_index=(), predictions_sha256="0" * 64) for r in results]
        board.submit("sent", other)
    return board


def view(board: Leaderboard, a: str, b: str, **options) -> ComparisonView:
    return ComparisonView.of(board, board.entry(a), board.entry(b), **options)


def test_differences_are_those_of_compare(leaderboard):
    good, poor = entry_results(0.8, label="good"), entry_results(0.5, label="poor")
    leaderboard.submit("good", good)
    leaderboard.submit("poor", poor)
    found = view(leaderboard, "good", "poor", examples=0)
    expected = compare(good, poor)
    of_tasks = {(d.task, d.protocol): d for d in expected if d.task is not None}
    assert len(found.tasks) == len(of_tasks) == 5
    for task in found.tasks:
        one = of_tasks[task.task, task.protocol]
        assert (task.difference, task.lo, task.hi) == tuple(100 * x for x in (one.difference, *one.ci))
        assert (task.p, task.detectable, task.verdict) == (one.p, 100 * one.detectable, one.verdict)
        assert task.examples is None
        assert task.a_leads
    assert [(m.modality, m.difference) for m in found.means] == [
        (d.modality, d.difference) for d in expected if d.task is None
    ]
    back = view(leaderboard, "poor@1", "good@1", examples=0)
    assert [task.difference for task in back.tasks] == [-task.difference for task in found.tasks]


def test_what_only_one_has_and_what_cannot_be_compared_is_said(leaderboard):
    leaderboard.submit("good", entry_results(0.8, label="good"))
    leaderboard.submit("part", entry_results(0.5, label="part", modalities=["smell"]))
    first, *rest = entry_results(0.6, label="other")
    leaderboard.submit("other", [first.replace(settings={"steps": 7}), *rest])
    found = view(leaderboard, "good", "part", examples=0)
    assert (found.only_a, found.only_b) == (("touch-lite/silk", "touch-lite/sand"), ())
    (note,) = view(leaderboard, "good", "other", examples=0).notes
    assert "'smell-lite/rose' (frozen) is left out" in note
    leaderboard.submit("touch", entry_results(0.5, label="part", modalities=["touch"]))
    with pytest.raises(SuperbLiteError, match="no task in common"):
        view(leaderboard, "part", "touch")
    with pytest.raises(SuperbLiteError, match="unknown task of"):
        view(leaderboard, "good", "part", task="touch-lite/silk")


def test_two_entries_of_one_encoder_are_said_to_be_the_same(leaderboard):
    leaderboard.submit("one", entry_results(0.8, label="good"))
    leaderboard.submit("two", entry_results(0.8, label="good"))
    assert view(leaderboard, "one", "two", examples=0).notes == ("A and B hold the same encoders",)


def test_the_examples_are_those_where_one_is_right_and_the_other_wrong(toys):
    """Counted again from the predictions themselves."""
    found = view(toys, "clear", "blurred", task="toy/classify").tasks[0]
    of_a, of_b = (toys.predictions(toys.entry(name).results[0]) for name in ("clear", "blurred"))
    data: TaskData = CLASSIFY.data()
    gap = {
        e.id: np.mean([(of_a.of_seeds[s][e.id] == e.label) - (of_b.of_seeds[s][e.id] == e.label) for s in range(3)])
        for e in data.test
    }
    examples = found.examples
    assert examples.reason == ""
    assert examples.total == len(data.test)
    assert examples.a_better == sum(value > 0 for value in gap.values())
    assert examples.b_better == sum(value < 0 for value in gap.values())
    assert examples.a_better > examples.b_better
    assert len(examples.b_lost) == min(10, examples.a_better)
    best = sorted((value for value in gap.values() if value > 0), reverse=True)[: len(examples.b_lost)]
    assert [gap[each.id] for each in examples.b_lost] == pytest.approx(best)
    labels = {e.id: CLASSIFY.labels[e.label] for e in data.test}
    for each in (*examples.a_lost, *examples.b_lost):
        assert each.gold == labels[each.id]
        for side, predicted in ((each.a, of_a), (each.b, of_b)):
            said = [CLASSIFY.labels[predicted.of_seeds[s][each.id]] for s in range(3)]
            assert dict(side.answers) == {text: said.count(text) for text in said}
            assert side.right == said.count(each.gold)


def test_tasks_of_many_units_have_examples_too(toys):
    found = view(toys, "clear", "blurred", task="toy/tag", examples=4).tasks[0].examples
    assert 0 < len(found.b_lost) <= 2
    assert found.b_lost[0].a.score > found.b_lost[0].b.score


def test_without_predictions_the_reason_is_said_and_the_difference_stands(toys):
    found = view(toys, "sent", "blurred", task="toy/classify")
    assert found.tasks[0].examples.reason == "the predictions of A are not kept here"
    assert found.tasks[0].difference == view(toys, "clear", "blurred", examples=0).tasks[0].difference


def test_of_other_data_there_are_no_examples(toys, monkeypatch):
    other = dataclasses.replace(CLASSIFY, load=lambda root: classify_data(noise=0.6, test=60, seed=5))
    monkeypatch.setattr(plugins, "tasksets", lambda: {"toy": TaskSet("toy", (other, TAG))})
    board = Leaderboard(toys._database.path, BOARD)
    assert "other data" in view(board, "clear", "blurred", task="toy/classify").tasks[0].examples.reason


def test_predictions_of_a_stranger_that_are_none_are_named(toys, monkeypatch):
    right = Leaderboard.predictions

    def damaged(self, measured):
        found = right(self, measured)
        return dataclasses.replace(found, of_seeds={s: {e: ("?", [1]) for e in of} for s, of in found.of_seeds.items()})

    monkeypatch.setattr(Leaderboard, "predictions", damaged)
    assert view(toys, "clear", "blurred", task="toy/classify").tasks[0].examples.reason


@pytest.mark.parametrize("width", [80, 100])
def test_the_terminal_has_the_same_numbers_and_fits(toys, width):
    found = view(toys, "clear", "blurred", examples=4)
    with open("/dev/null", "w") as nowhere:
        console = LineConsole(width=width, record=True, file=nowhere)
        console.print(render(found))
    text = console.export_text()
    assert max(map(len, text.splitlines())) <= width
    example = found.tasks[0].examples.b_lost[0]
    assert f"B lost, A got: {example.id}" in text
    assert "clear@1" in text


def test_json_is_plain_and_without_media(toys):
    found = json.loads(json.dumps(view(toys, "clear", "blurred").to_dict()))
    assert found["a"]["ref"] == "clear@1"
    assert found["a"]["tier"] == "rerun"
    assert set(found["tasks"][0]["examples"]["b_lost"][0]) == {"id", "text", "gold", "a", "b"}


def test_an_entry_that_is_compared_twice_is_read_once(toys, monkeypatch):
    asked = []
    real = Leaderboard.predictions
    monkeypatch.setattr(
        Leaderboard, "predictions", lambda board, measured: asked.append(measured.task) or real(board, measured)
    )
    reader = ExampleReader(toys)
    first = view(toys, "clear", "blurred", reader=reader)
    assert asked == ["toy/classify"] * 2 + ["toy/tag"] * 2
    back = view(toys, "blurred", "clear", reader=reader)
    assert len(asked) == 4
    assert [task.examples.a_better for task in first.tasks] == [task.examples.b_better for task in back.tasks]
    small = ExampleReader(toys, most=1)
    for _ in range(2):
        view(toys, "clear", "blurred", reader=small)
    assert len(asked) == 12  # what was read last is kept, and no more
