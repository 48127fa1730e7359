"""Result files: what is written is read again, follows the published schema, and damage is one line."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from superb_lite.encoders.content_hash import PROCESS
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from superb_lite.heads.linear import ProbeSettings
from superb_lite.protocols import PROTOCOLS
from superb_lite.protocols.frozen import Frozen
from superb_lite.results.files import json_schema, read_predictions, read_results, write_result_file, write_results
from superb_lite.results.result import Result
from tests.superb_lite.made_up_results import without_predictions
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, tag_data, toy_task

SCHEMA = Path(__file__).parents[3] / "docs" / "result.schema.json"


@pytest.fixture(scope="module")
def results() -> list[Result]:
    """A classify and a tag task, two seeds each."""
    with pytest.MonkeyPatch.context() as patch:
        probe = ProbeSettings(learning_rate=1e-1, weight_decays=(1e-3,), steps=20)
        patch.setitem(PROTOCOLS, "frozen", Frozen(probe))
        tasks = [
            toy_task(classify_data(noise=1.0, test=30)),
            toy_task(tag_data(noise=1.0, test=20), form="tag"),
        ]
        return evaluate(ToyEncoder(), tasks, seeds=2)


def written(results: list[Result], directory: Path) -> list[Path]:
    return write_results(results, directory)


def test_a_task_in_no_registered_set_is_a_set_of_its_own(results, tmp_path):
    paths = written(results, tmp_path)
    prefix = f"ToyEncoder-{results[0].encoder_hash[:8]}"
    assert [p.name for p in paths] == [f"{prefix}.toy-classify.json", f"{prefix}.toy-tag.json"]
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        name for p in paths for name in (p.name, p.with_suffix(".parquet").name)
    )


@pytest.fixture
def together(results, tmp_path, monkeypatch) -> Path:
    """The file of both tasks as one registered set."""
    monkeypatch.setattr("superb_lite.plugins.tasksets", lambda: {"toy": ()})
    (path,) = written(results, tmp_path)
    return path


def test_results_come_back_without_their_predictions(results, together):
    assert read_results(together) == [without_predictions(r) for r in results]
    assert together.name.endswith(".toy.json")


def test_a_file_of_the_store_is_read_too(results, tmp_path):
    write_result_file([results[0]], tmp_path / "r.json")
    assert read_results(tmp_path / "r.json", predictions=True) == [results[0]]


def test_every_prediction_comes_back_by_seed_and_example(results, together):
    found = read_predictions(together)
    assert list(found) == [("toy/classify", "frozen"), ("toy/tag", "frozen")]
    for result, predicted in zip(results, found.values(), strict=True):
        assert set(predicted.of_seeds) == {0, 1}
        for seed, of_seed in predicted.of_seeds.items():
            assert of_seed == {key: values[seed] for key, values in result.predictions.items()}
        assert predicted.clusters == {
            key: result.clusters[number] for key, number in zip(result.predictions, result.cluster_index, strict=True)
        }


def test_the_parquet_file_has_a_row_for_each_task_example_and_seed(results, together):
    table = pq.read_table(together.with_suffix(".parquet"))
    assert table.schema.names == [
        "task", "protocol", "example", "seed", "prediction", "cluster", "label", "text",
    ]  # fmt: skip
    assert table.num_rows == sum(len(r.predictions) * 2 for r in results)
    row = table.slice(0, 1).to_pylist()[0]
    first = next(iter(results[0].predictions))
    assert row == {
        "task": "toy/classify",
        "protocol": "frozen",
        "example": first,
        "seed": 0,
        "prediction": str(results[0].predictions[first][0]),
        "cluster": first,
        "label": results[0].shown[first][0],
        "text": None,
    }
    assert row["label"] in ("0", "1", "2")


def test_the_published_schema_is_that_of_the_code():
    text = json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"
    assert SCHEMA.read_text(encoding="utf-8") == text, "write json_schema() to docs/result.schema.json"


def test_what_is_written_follows_the_schema(together):
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(together.read_text(encoding="utf-8")), schema)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content.pop("taskset"),
        lambda content: content.update(format=9),
        lambda content: content["results"][0].pop("machine"),
        lambda content: content["results"][0].update(score="high"),
        lambda content: content["results"][0].update(mood="good"),
        lambda content: content["results"][0]["seeds"][0].pop("metrics"),
        lambda content: content["results"][0].update(ci=[0.1]),
    ],
)
def test_what_does_not_follow_the_schema_is_refused_by_it(together, spoil):
    content = json.loads(together.read_text(encoding="utf-8"))
    spoil(content)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, json.loads(SCHEMA.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            lambda content: content.update(format=9),
            "of format 9, but this superb_lite reads 2: evaluate the encoder again",
        ),
        (lambda content: content.update(results=[]), "field 'results': Tuple should have at least 1 item"),
        (lambda content: content["results"][0].pop("machine"), "field 'results.0.machine': Field required"),
        (
            lambda content: content["results"][0].update(score="high"),
            "field 'results.0.score': Input should be a valid number",
        ),
        (
            lambda content: content["results"][0].update(mood="good"),
            "field 'results.0.mood': Extra inputs are not permitted",
        ),
        (
            lambda content: content["results"][0]["seeds"][0].pop("metrics"),
            "field 'results.0.seeds.0.metrics': Field required",
        ),
    ],
)
def test_a_damaged_result_is_one_line_that_names_file_and_field(together, spoil, words):
    content = json.loads(together.read_text(encoding="utf-8"))
    spoil(content)
    together.write_text(json.dumps(content), encoding="utf-8")
    refused(lambda: read_results(together), together, words)


@pytest.mark.parametrize("text", ["", "{ half", "[]", "3", '"a"'])
def test_what_is_no_result_is_one_line(tmp_path, text):
    path = tmp_path / "r.json"
    path.write_text(text, encoding="utf-8")
    refused(lambda: read_results(path), path, "is not a result")


def test_a_missing_file_is_one_line(tmp_path):
    path = tmp_path / "r.json"
    refused(lambda: read_results(path), path, "No such file")


def test_missing_or_damaged_predictions_are_one_line(together):
    parquet = together.with_suffix(".parquet")
    table = pq.read_table(parquet)
    parquet.write_bytes(parquet.read_bytes()[:100])
    refused(lambda: read_predictions(together), parquet, "does not hold predictions")
    pq.write_table(table.drop_columns("seed"), parquet)
    refused(lambda: read_predictions(together), parquet, "its columns are not task, protocol")
    pq.write_table(table.take([0, 0]), parquet)
    refused(lambda: read_predictions(together), parquet, "stands twice under seed 0")
    rows = [{**table.slice(0, 1).to_pylist()[0], "prediction": "{ half"}]
    pq.write_table(type(table).from_pylist(rows, schema=table.schema), parquet)
    refused(lambda: read_predictions(together), parquet, "does not hold predictions")
    parquet.unlink()
    refused(lambda: read_predictions(together), parquet, "are missing")


def refused(act, path, words):
    with pytest.raises(SuperbLiteError) as error:
        act()
    assert f"'{path}'" in str(error.value)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


class Unhashed(ToyEncoder):
    code = None


def test_an_encoder_without_a_hash_can_be_written(tmp_path):
    (result,) = evaluate(Unhashed(), toy_task(classify_data(test=12)), seeds=1)
    (path,) = write_results([result], tmp_path)
    assert path.name == f"Unhashed-{result.encoder_hash.removeprefix(PROCESS)[:8]}.toy-classify.json"


def test_a_result_says_how_it_came_about(results):
    result = results[0]
    assert result.machine.device == "cpu"
    assert result.machine.cores >= 1
    assert result.deterministic
    for row in result.seeds:
        assert set(row.metrics) == {"accuracy"}
        assert row.score == row.metrics["accuracy"]
        assert sum(row.chosen["layers"]) == pytest.approx(1, abs=1e-3)
        assert row.parameters == {"encoder": 0, "head": 3 * 3 + 3 + 2}  # weights, biases, two layers


def test_finetuning_trains_the_encoder_too():
    (result,) = evaluate(ToyEncoder(), toy_task(classify_data(test=12)), protocol="finetune", seeds=1)
    assert result.seeds[0].parameters == {"encoder": 12, "head": 12}


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"format": 2, "taskset": "x", "results": ' + b"[" * 100_000,
        b'{"format": 2, "taskset": "\\ud800", "results": [], "checksums": []}',
        b'{"format": ' + b"9" * 5000 + b"}",
        b'{"format": "\\u001b[31m' + b"x" * 1000 + b'"}',
        b'{"format": 2, "results": [{"score": 1e999}]}',
    ],
)
def test_a_file_of_a_stranger_is_one_short_printable_line(tmp_path, content):
    path = tmp_path / "r.json"
    path.write_bytes(content)
    with pytest.raises(SuperbLiteError) as error:
        read_results(path)
    assert str(error.value).isprintable()
    assert len(str(error.value)) <= 300


def test_a_fifo_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "r.json")
    refused(lambda: read_results(tmp_path / "r.json"), tmp_path / "r.json", "it is a pipe, not a file")
    os.mkfifo(tmp_path / "s.parquet")
    refused(lambda: read_predictions(tmp_path / "s.json"), tmp_path / "s.parquet", "it is a pipe, not a file")


def test_a_file_that_would_fill_the_memory_is_not_read(together, monkeypatch):
    huge = together.with_name("huge.json")
    with huge.open("wb") as file:
        file.truncate(6 * 10**9)  # takes no room on disk
    refused(lambda: read_results(huge), huge, "has 6000000000 bytes: at most 268435456 are read")
    parquet = together.with_suffix(".parquet")
    row = pq.read_table(parquet).slice(0, 1)
    pq.write_table(pa.concat_tables([row] * 100_000).combine_chunks(), parquet)
    assert parquet.stat().st_size < 100_000
    with monkeypatch.context() as patch:
        patch.setattr(pq.ParquetFile, "read", lambda self: pytest.fail("read"))
        patch.setattr("superb_lite.results.predictions.MOST_ROWS", 99_999)
        refused(lambda: read_predictions(together), parquet, "it has 100000 rows: at most 99999 are read")
        long = row.set_column(4, "prediction", [["[" + " " * 10**6 + "]"]])
        pq.write_table(long, parquet, compression="zstd", use_dictionary=False)
        assert parquet.stat().st_size < 100_000
        patch.setattr("superb_lite.results.predictions.LARGEST_PARQUET", 10**6)
        refused(lambda: read_predictions(together), parquet, "bytes: at most 1000000 are read")
    with parquet.open("r+b") as file:
        content = file.read()
        file.truncate(2 * 10**9)
        file.seek(2 * 10**9 - len(content))
        file.write(content)
    refused(lambda: read_predictions(together), parquet, "it has 2000000000 bytes: at most 1073741824 are read")


def test_an_example_that_cannot_be_written_is_one_line(results, tmp_path):
    example = next(iter(results[0].predictions))
    renamed = {key if key != example else "\udcff": value for key, value in results[0].predictions.items()}
    with pytest.raises(SuperbLiteError, match="cannot write") as error:
        write_results([results[0].replace(predictions=renamed)], tmp_path)
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_a_checksum_for_each_result(together):
    content = json.loads(together.read_text(encoding="utf-8"))
    content["checksums"].pop()
    together.write_text(json.dumps(content), encoding="utf-8")
    refused(lambda: read_results(together), together, "1 checksums for 2 results")


def rewritten(path: Path, change) -> None:
    """Put another table into the place of the one beside a result file."""
    parquet = path.with_suffix(".parquet")
    pq.write_table(change(pq.read_table(parquet)), parquet)


def test_a_file_from_before_there_were_labels_is_read(results, together):
    rewritten(together, lambda table: table.drop_columns(["label", "text"]))
    read = read_results(together, predictions=True)
    assert read == [result.replace(shown={}) for result in results]
    assert all(not predicted.shown for predicted in read_predictions(together).values())


def test_labels_and_texts_come_back(results, together):
    assert read_results(together, predictions=True) == results
    shown = read_predictions(together)["toy/tag", "frozen"].shown
    assert shown == results[1].shown
    assert all(json.loads(label) for label, _ in shown.values())


def test_texts_come_back_whatever_is_in_them(results, tmp_path):
    first, second, *_ = results[0].predictions
    result = results[0].replace(shown={first: ("1", 'a\n"b"\t天\x00'), second: (None, "")})
    write_result_file([result], tmp_path / "r.json")
    assert read_results(tmp_path / "r.json", predictions=True) == [result]


@pytest.mark.parametrize("columns", [["label"], ["text"], ["prediction"], ["cluster", "label", "text"]], ids="-".join)
def test_a_file_that_lacks_some_other_column_is_refused(together, columns):
    rewritten(together, lambda table: table.drop_columns(columns))
    with pytest.raises(SuperbLiteError, match=r"its columns are not task, .*, label, text"):
        read_predictions(together)
