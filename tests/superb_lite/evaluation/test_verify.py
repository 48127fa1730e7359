"""verify: an honest file is ok, and every kind of tampering is named."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.recheck import verify
from superb_lite.evaluation.run import evaluate
from superb_lite.heads.linear import ProbeSettings
from superb_lite.protocols import PROTOCOLS
from superb_lite.protocols.frozen import Frozen
from superb_lite.results.files import read_results, write_results
from superb_lite.tasks.taskset import TaskSet
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, tag_data, toy_task

CLASSIFY = toy_task(classify_data(noise=1.0, test=40))
TAG = toy_task(
    tag_data(noise=0.8, test=20), form="tag", metrics=("unit_accuracy", "span_f1"), labels=("O", "B-x", "I-x")
)


@pytest.fixture
def register(monkeypatch):
    """Make these tasks the registered ones."""

    def register(*tasks):
        monkeypatch.setattr(plugins, "tasksets", lambda: {"toy": TaskSet("toy", tasks)})

    register(CLASSIFY, TAG)
    return register


@pytest.fixture
def path(tmp_path, monkeypatch, register) -> Path:
    probe = ProbeSettings(learning_rate=1e-1, weight_decays=(1e-3,), steps=20)
    monkeypatch.setitem(PROTOCOLS, "frozen", Frozen(probe))
    (path,) = write_results(evaluate(ToyEncoder(), [CLASSIFY, TAG], seeds=2), tmp_path)
    return path


def edit(path, change):
    """Change the first result of the file."""
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content["results"][0])
    path.write_text(json.dumps(content), encoding="utf-8")


def edit_rows(path, change):
    """Change the rows of the Parquet file."""
    parquet = path.with_suffix(".parquet")
    table = pq.read_table(parquet)
    rows = change(table.to_pylist())
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), parquet)


def differences(path):
    """Of the first result; the second one is ok."""
    first, second = verify(path)
    assert (first.task, second.task) == ("toy/classify", "toy/tag")
    assert second.ok
    return " | ".join(first.differences)


def test_what_was_written_is_ok(path):
    assert [(v.task, v.protocol, v.ok) for v in verify(path)] == [
        ("toy/classify", "frozen", True),
        ("toy/tag", "frozen", True),
    ]


def test_labels_and_texts_that_a_file_brings_are_not_looked_at(path):
    edit_rows(path, lambda rows: [{**row, "label": "7", "text": "anything"} for row in rows])
    assert all(verdict.ok for verdict in verify(path))


def test_a_limited_result_is_verified_on_the_examples_it_used(tmp_path, register):
    (path,) = write_results(evaluate(ToyEncoder(), CLASSIFY, seeds=1, limit=10), tmp_path)
    assert verify(path)[0].ok


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda r: r.update(score=r["score"] + 0.001), "score "),
        (lambda r: r["ci"].__setitem__(0, 0.0), "ci "),
        (lambda r: r["metrics"].update(accuracy=0.99), "metrics "),
        (lambda r: r["seeds"][1].update(score=0.99), "seed 1: score 0.99, but "),
        (lambda r: r["seeds"][0]["metrics"].update(accuracy=0.99), "seed 0: score "),
        (lambda r: r.update(predictions_sha256="0" * 64), "predictions_sha256 000"),
        (lambda r: r.update(n_test=41), "n_test 41, but 40"),
        (lambda r: r["pseudo_values"][0].__setitem__(3, 7.0), "pseudo_values "),
        (lambda r: r["clusters"].reverse(), "clusters "),
        (lambda r: r.update(normalised=50.0), "normalised 50, but None"),
        (lambda r: r.update(task_version=2), "task version 2, but version 1 is installed"),
        (lambda r: r.update(data_sha256="f" * 64), "data ffffffff, but "),
        (lambda r: r.update(limit=20), "predictions for example "),
        (lambda r: r["seeds"][1].update(seed=2), "predictions for seed 1, which the result does not name"),
        (lambda r: r["seeds"][1].update(seed=2), "no predictions for seed 2"),
        (lambda r: r.update(seconds=0.1), "edited after it was written, where the predictions say nothing"),
        (lambda r: r.update(encoder="mine"), "edited after it was written, where the predictions say nothing"),
    ],
)
def test_a_tampered_result_is_named(path, change, words):
    edit(path, change)
    assert words in differences(path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda r: r["seeds"].pop(), "one row for each seed and one column for each cluster"),
        (lambda r: r["seeds"].clear(), "field 'results.0.seeds'"),
        (lambda r: r["ci"].reverse(), "field 'results.0.ci': the lower end comes first"),
        (
            lambda r: r["clusters"].__setitem__(0, r["clusters"][1]),
            "field 'results.0.clusters': a cluster stands twice",
        ),
    ],
)
def test_a_result_that_contradicts_itself_is_refused(path, change, words):
    edit(path, change)
    with pytest.raises(SuperbLiteError) as error:
        verify(path)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_what_reads_results_refuses_an_edited_one(path):
    edit(path, lambda r: r.update(score=r["score"] + 0.001))
    with pytest.raises(SuperbLiteError, match=r"'toy/classify' \(frozen\) was edited or damaged"):
        read_results(path)


def test_a_tampered_prediction_is_named(path):
    def change(rows):
        rows[0]["prediction"] = str((int(rows[0]["prediction"]) + 1) % 3)
        return rows

    edit_rows(path, change)
    assert "predictions_sha256 " in differences(path)


@pytest.mark.parametrize("prediction", ["99", "null", '"a"', "[0]", '{"a": [1]}', "true", "1e999", "NaN"])
def test_a_prediction_that_is_none_is_named(path, prediction):
    edit_rows(path, lambda rows: [{**rows[0], "prediction": prediction}, *rows[1:]])
    assert differences(path)


def test_a_missing_and_an_unknown_example_are_named(path):
    first = CLASSIFY.data().test[0].id
    edit_rows(path, lambda rows: rows[1:])
    assert differences(path) == f"seed 0: no prediction for example '{first}'"
    edit_rows(path, lambda rows: [{**rows[1], "example": "x"}, {**rows[1], "example": first}, *rows])
    assert differences(path) == "seed 0: predictions for example 'x', not in the test data"


def test_another_cluster_is_named(path):
    edit_rows(path, lambda rows: [{**row, "cluster": "a"} if row["task"] == "toy/classify" else row for row in rows])
    assert "the cluster of example 'test-0' and 39 more is another one" in differences(path)


def test_all_predictions_of_a_task_may_be_missing_or_too_many(path):
    edit_rows(path, lambda rows: [row for row in rows if row["task"] == "toy/tag"])
    assert "no predictions for seed 0" in differences(path)
    edit_rows(path, lambda rows: [*rows, {**rows[0], "task": "toy/classify", "protocol": "finetune"}])
    assert verify(path)[-1].differences == ("there are predictions, but no result",)


@pytest.mark.parametrize("column", ["task", "seed", "prediction", "cluster"])
def test_an_empty_cell_is_one_line(path, column):
    edit_rows(path, lambda rows: [{**rows[0], column: None}, *rows[1:]])
    with pytest.raises(SuperbLiteError, match="it has empty cells"):
        verify(path)


def test_a_pattern_or_another_modality_is_not_the_task_it_stands_for(path):
    edit(path, lambda r: r.update(task="toy/class*"))
    assert "what is installed is 'toy/classify'" in verify(path)[0].differences[0]
    edit(path, lambda r: r.update(task="toy/classify", modality="smell"))
    assert "a smell task, but what is installed is" in differences(path)


def test_a_result_twice_is_named(path):
    content = json.loads(path.read_text(encoding="utf-8"))
    for name in ("results", "checksums"):
        content[name].append(content[name][0])
    path.write_text(json.dumps(content), encoding="utf-8")
    assert [v.differences for v in verify(path)] == [(), (), ("it stands twice in the file",)]


def test_a_tampered_tag_is_named(path):
    def change(rows):
        row = next(r for r in rows if r["task"] == "toy/tag")
        tags = json.loads(row["prediction"])
        row["prediction"] = json.dumps([(tags[0] + 1) % 3, *tags[1:]])
        return rows

    edit_rows(path, change)
    first, second = verify(path)
    assert first.ok
    assert not second.ok


def test_other_data_another_version_and_an_unknown_task_are_named(path, register):
    register(toy_task(classify_data(noise=1.0, test=40, seed=1)), TAG)
    assert "is what is loaded now" in differences(path)
    register(dataclasses.replace(CLASSIFY, version=3), TAG)
    assert differences(path) == "task version 1, but version 3 is installed"
    register(TAG)
    assert "its data cannot be loaded: unknown task 'toy/classify'" in differences(path)
