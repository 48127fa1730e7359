"""Result files that are submitted: honest ones are taken, any other is refused with its first difference."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from superb_lite.results.files import write_results
from superb_lite.tasks.taskset import Board, TaskSet
from superb_lite_leaderboard.commands.operands import is_result_file, result_operands
from superb_lite_leaderboard.entry import Tier
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.submission.files import (
    check_one_encoder_a_modality,
    submitted_results,
)
from tests.superb_lite.made_up_results import without_predictions
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, tag_data, toy_task

CLASSIFY = toy_task(classify_data(noise=1.0, test=40))
TAG = toy_task(tag_data(noise=0.8, test=20), form="tag")
BOARD = Board("toys", 1, (("toy/classify", "knn"),))


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One encoder on two tasks, of which the board ranks one."""
    monkeypatch.setattr(plugins, "tasksets", lambda: {"toy": TaskSet("toy", (CLASSIFY, TAG))})
    results = [
        *evaluate(ToyEncoder(), CLASSIFY, protocol="knn", seeds=3),
        *evaluate("majority", TAG, seeds=3),
    ]
    (path,) = write_results([r.replace(encoder_hash=results[0].encoder_hash) for r in results], tmp_path / "out")
    return path


def edit(path: Path, change: Callable[[dict[str, Any]], object], number: int = 0) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content["results"][number])
    path.write_text(json.dumps(content), encoding="utf-8")


def test_what_the_board_ranks_is_taken_and_stored(file: Path, tmp_path: Path) -> None:
    taken, left = submitted_results(file, BOARD)
    assert [(r.result.task, r.result.protocol) for r in taken] == [("toy/classify", "knn")]
    assert [(r.task, r.protocol) for r in left] == [("toy/tag", "frozen")]
    board = Leaderboard(tmp_path / "b.db", BOARD)
    board.submit("mine", taken)
    (stored,) = board.entries()[0].results
    assert board.result(stored) == without_predictions(taken[0].result)
    assert board.predictions(stored) is not None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda r: r.update(score=r["score"] + 0.001), "toy/classify (knn): score 0."),
        (lambda r: r["metrics"].update(accuracy=0.99), "toy/classify (knn): metrics {'accuracy': 0.99}"),
        (lambda r: r["ci"].__setitem__(1, 1.0), "toy/classify (knn): ci "),
        (lambda r: r.update(data_sha256="f" * 64), "data ffffffff, but "),
        (lambda r: r.update(limit=20), "predictions for example "),
        (lambda r: r.update(encoder="somebody else's"), "edited after it was written"),
    ],
)
def test_a_score_that_does_not_follow_is_refused_by_the_first_difference(
    file: Path, change: Callable[[dict[str, Any]], object], words: str
) -> None:
    edit(file, change)
    with pytest.raises(SuperbLiteError) as error:
        submitted_results(file, BOARD)
    assert f"'{file}'" in str(error.value)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_a_better_prediction_is_refused(file: Path) -> None:
    parquet = file.with_suffix(".parquet")
    table = pq.read_table(parquet)
    rows = table.to_pylist()
    for row in rows:
        if row["task"] == "toy/classify":
            row["prediction"] = "0"
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), parquet)
    with pytest.raises(SuperbLiteError, match=r"toy/classify \(knn\): predictions_sha256"):
        submitted_results(file, BOARD)


def test_what_the_board_does_not_rank_is_neither_loaded_nor_checked(file: Path) -> None:
    edit(file, lambda r: r.update(task="tsv:/dev/zero", score=0.123), number=1)
    taken, left = submitted_results(file, BOARD)
    assert len(taken) == len(left) == 1


def test_a_file_without_a_column_of_the_board_is_refused(file: Path) -> None:
    with pytest.raises(SuperbLiteError, match="has no result in a column of board 'toys' version 1; its first is on"):
        submitted_results(file, Board("toys", 1, (("toy/other", "frozen"),)))


def test_a_missing_file_is_one_line(file: Path, tmp_path: Path) -> None:
    with pytest.raises(SuperbLiteError, match="No such file"):
        submitted_results(tmp_path / "none.json", BOARD)


def test_a_file_that_comes_alone_is_reported(file: Path) -> None:
    file.with_suffix(".parquet").unlink()
    (taken,), _ = submitted_results(file, BOARD)
    assert (taken.tier, taken.note) == (Tier.REPORTED, "")
    edit(file, lambda r: r.update(encoder="somebody else's"))
    with pytest.raises(SuperbLiteError, match="was edited or damaged after it was written"):
        submitted_results(file, BOARD)


def test_a_directory_of_results_is_its_files(file: Path, tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint"
    checkpoint.mkdir()
    (checkpoint / "config.json").touch()
    operands = [str(file.parent), str(file), str(checkpoint), "raw:x"]
    assert result_operands(operands) == ([file, file], [str(checkpoint), "raw:x"])


def test_what_ends_in_json_is_a_file() -> None:
    assert is_result_file("results/RESULT.JSON")
    assert not is_result_file("raw:characters")
    assert not is_result_file("out/checkpoints/text-bert")


def test_one_encoder_a_modality_among_files_and_encoders(file: Path) -> None:
    found, left = submitted_results(file, BOARD)
    taken = [each.result for each in found]
    modality = taken[0].modality
    check_one_encoder_a_modality([*taken, *left], [("raw:log-mel", "other")])
    for encoders, words in (
        ([("raw:x", modality)], f"'ToyEncoder' and 'raw:x' both encode {modality}"),
        ([("raw:x", "other"), ("raw:y", "other")], "'raw:x' and 'raw:y' both encode other"),
        ([("majority", None)], "'majority' has no modality of its own"),
        ([("py:mine:make", None)], "a function has none, return an `Encoder`"),
    ):
        with pytest.raises(SuperbLiteError, match=words):
            check_one_encoder_a_modality(taken, encoders)
    with pytest.raises(SuperbLiteError, match="both encode"):
        check_one_encoder_a_modality([*taken, left[0].replace(encoder_hash="f" * 64)], [])
