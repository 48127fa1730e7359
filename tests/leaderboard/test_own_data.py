"""What somebody's result says of its data is compared with this machine's own data of the task."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from superb_lite.results.result import Result
from superb_lite.tasks.taskset import Board, TaskSet
from superb_lite_leaderboard.entry import Tier
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from tests.superb_lite.made_up_results import without_predictions
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, toy_task

TASK = toy_task(classify_data(noise=1.0, test=40))


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Leaderboard:
    monkeypatch.setattr(plugins, "tasksets", lambda: {"toy": TaskSet("toy", (TASK,))})
    monkeypatch.setattr("superb_lite.results.scale.scale", lambda *_: None)
    return Leaderboard(tmp_path / "b.db", Board("toys", 1, (("toy/classify", "knn"),)))


@pytest.fixture
def honest(board: Leaderboard) -> Result:
    (result,) = evaluate(ToyEncoder(), TASK, protocol="knn", seeds=3)
    return result


def test_with_its_predictions_it_is_recomputed_and_without_reported(board: Leaderboard, honest: Result) -> None:
    assert board.submit("whole", [honest]).tier is Tier.RECOMPUTED
    assert board.submit("numbers", [without_predictions(honest)]).tier is Tier.REPORTED
    assert all(event.detail == "" for _, events in board.history("numbers") for event in events)


def test_what_does_not_follow_from_predictions_is_refused(board: Leaderboard, honest: Result) -> None:
    better = {example: [0] * 3 for example in honest.predictions}
    with pytest.raises(
        SuperbLiteError, match=r"toy/classify \(knn\) does not follow from its predictions: predictions_"
    ):
        board.submit("mine", [honest.replace(predictions=better)])
    with pytest.raises(SuperbLiteError, match=r"does not follow from its predictions: score 0\.999"):
        board.submit("mine", [honest.replace(score=0.999)])
    assert not board.exists()


def test_another_machines_data_is_refused_whoever_came_first(board: Leaderboard, honest: Result) -> None:
    numbers = without_predictions(honest)
    renamed = tuple(f"other-{number}" for number in range(len(numbers.clusters)))
    for change, words in (
        ({"data_sha256": "f" * 64}, "field 'data_sha256': ffffffff, but this machine's data of the task is "),
        ({"n_test": 41}, "field 'n_test': 41, but the task has 40 test examples"),
        ({"clusters": renamed}, "field 'clusters': they are not those of the task's test examples"),
    ):
        with pytest.raises(SuperbLiteError, match=words):
            board.submit("forged", [numbers.replace(**change)])
    assert not board.exists()
    board.submit("honest", [numbers])


def test_data_that_is_not_here_is_said(board: Leaderboard, honest: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(root: Path | None) -> object:
        raise SuperbLiteError("no release under --root")

    elsewhere = dataclasses.replace(TASK, load=missing)
    monkeypatch.setattr(plugins, "tasksets", lambda: {"toy": TaskSet("toy", (elsewhere,))})
    entry = board.submit("mine", [honest])
    assert entry.tier is Tier.REPORTED
    ((_, (event,)),) = board.history("mine")
    assert event.detail == "toy/classify (knn): its data is not on this machine, so it was not compared"
