"""The store: what is used again, what is not, and processes that meet."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import os
import signal
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from superb_lite.encoders.content_hash import PROCESS
from superb_lite.evaluation.run import Evaluator, evaluate
from superb_lite.forms import FORMS
from superb_lite.heads.linear import ProbeSettings
from superb_lite.metrics import METRICS
from superb_lite.protocols import PROTOCOLS
from superb_lite.protocols.frozen import Frozen
from superb_lite.results.result import Result
from superb_lite.results.store import Key, ResultStore
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, toy_task

FORK = multiprocessing.get_context("fork")
TASK = toy_task(classify_data(noise=1.0, test=30))


@pytest.fixture(autouse=True)
def _short_probes(monkeypatch):
    probe = ProbeSettings(learning_rate=1e-1, weight_decays=(1e-3,), steps=20)
    monkeypatch.setitem(PROTOCOLS, "frozen", Frozen(probe))


@pytest.fixture
def result() -> Result:
    (found,) = evaluate(ToyEncoder(), TASK, seeds=2)
    return found


def key_of(result: Result, **changes) -> Key:
    key = Key(
        result.encoder_hash,
        TASK,
        "frozen",
        2,
        data_sha256=result.data_sha256,
        code_sha256=result.code_sha256,
        settings=result.settings,
        device="cpu",
        dtype="torch.float32",
    )
    return dataclasses.replace(key, **changes)


def computed_again():
    pytest.fail("computed again")


def test_what_is_stored_is_not_computed_again(result, tmp_path):
    store = ResultStore(tmp_path)
    assert store.get(key_of(result)) is None
    assert store.get_or_compute(key_of(result), lambda: result) is result
    again = ResultStore(tmp_path).get_or_compute(key_of(result), computed_again)
    assert again == result


@pytest.mark.parametrize(
    "changes",
    [
        {"fingerprint": "f" * 64},
        {"task": dataclasses.replace(TASK, version=2)},
        {"task": dataclasses.replace(TASK, name="toy/other")},
        {"protocol": "finetune"},
        {"seeds": 3},
        {"data_sha256": "0" * 64},
        {"code_sha256": "0" * 64},
        {"settings": {"steps": 21}},
        {"device": "cuda"},
        {"dtype": "torch.float16"},
    ],
)
def test_another_key_is_computed(result, tmp_path, changes):
    store = ResultStore(tmp_path)
    store.get_or_compute(key_of(result), lambda: result)
    assert store.get(key_of(result, **changes)) is None


def test_results_of_two_devices_are_kept_side_by_side(result, tmp_path):
    store = ResultStore(tmp_path)
    on_gpu = result.replace(machine=dataclasses.replace(result.machine, device="cuda: a GPU"), deterministic=False)
    store.get_or_compute(key_of(result), lambda: result)
    store.get_or_compute(key_of(result, device="cuda"), lambda: on_gpu)
    assert store.get(key_of(result)) == result
    assert store.get(key_of(result, device="cuda")) == on_gpu


def test_other_code_other_settings_and_another_dtype_are_evaluated_again(tmp_path, monkeypatch):
    store, encoder = ResultStore(tmp_path), ToyEncoder()

    def found():
        evaluator = Evaluator(encoder, reference="x", device="cpu", seeds=1, results=store)
        (result,) = evaluator.evaluate([(TASK, "frozen")])
        return result

    first = found()
    assert found() == first
    with monkeypatch.context() as patch:
        patch.setattr("superb_lite.evaluation.run.code_sha256", lambda *packages: "0" * 64)
        assert found().code_sha256 == "0" * 64
    assert found().code_sha256 == first.code_sha256
    with monkeypatch.context() as patch:
        patch.setitem(PROTOCOLS, "frozen", Frozen(ProbeSettings(steps=21)))
        assert found().settings["steps"] == 21
    assert first.dtype == "torch.float32"


def test_the_code_of_every_package_that_decides_a_result_counts(monkeypatch):
    seen = []
    monkeypatch.setattr("superb_lite.evaluation.run.code_sha256", lambda *packages: seen.append(packages) or "0" * 64)
    monkeypatch.setattr("superb_lite.evaluation.run.packages_of", lambda encoder: {"of_encoder"})
    monkeypatch.setattr(METRICS, "package", lambda name: f"of_{name}")
    monkeypatch.setattr(FORMS, "package", lambda name: f"of_{name}")
    evaluate(ToyEncoder(), dataclasses.replace(TASK, load=TASK.load), seeds=1)
    assert {"superb_lite", "of_encoder", "of_classify", "of_accuracy", "tests"} <= set(seen[0])


def test_other_versions_are_computed(result, tmp_path, monkeypatch):
    store = ResultStore(tmp_path)
    store.get_or_compute(key_of(result), lambda: result)
    with monkeypatch.context() as patch:
        patch.setattr("superb_lite.results.store.versions", lambda: {"torch": "0"})
        assert store.get(key_of(result)) is None
    assert store.get(key_of(result)) is not None


@pytest.mark.parametrize("text", ["", "{ half a fi", "{}", "[]"])
def test_a_damaged_file_is_computed_and_written_again(result, tmp_path, text):
    store = ResultStore(tmp_path)
    store.get_or_compute(key_of(result), lambda: result)
    (path,) = tmp_path.rglob("*.json")
    path.write_text(text)
    assert store.get_or_compute(key_of(result), lambda: result) is result
    assert store.get(key_of(result)) is not None


def edit(path: Path, change) -> None:
    content = json.loads(path.read_text())
    change(content["results"][0])
    path.write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: edit(path, lambda r: r.update(score=0.99)), "was edited or damaged after it was written"),
        (lambda path: edit(path, lambda r: r.update(encoder="mine")), "was edited or damaged"),
        (lambda path: edit(path, lambda r: r["pseudo_values"][0].__setitem__(0, 0.9)), "was edited or damaged"),
        (lambda path: path.write_text("{ half"), "is not a result"),
        (lambda path: path.write_text('{"score": 1.0, "predictions_sha256": ""}'), "is of format 1"),
        (lambda path: path.with_suffix(".parquet").unlink(), "are missing"),
        (lambda path: path.with_suffix(".parquet").write_bytes(b"PAR1"), "does not hold predictions"),
        (lambda path: flip(path.with_suffix(".parquet")), "are not those that the result"),
    ],
)
def test_what_was_edited_is_computed_again_and_said_once(result, tmp_path, spoil, words):
    lines = []
    store = ResultStore(tmp_path, report=lines.append)
    store.get_or_compute(key_of(result), lambda: result)
    (path,) = tmp_path.rglob("*.json")
    spoil(path)
    store.holds(key_of(result))
    assert store.get(key_of(result)) is None
    assert store.get_or_compute(key_of(result), lambda: result) is result
    (line,) = lines
    assert line.startswith("computed again: ")
    assert words in line
    assert "\n" not in line
    assert ResultStore(tmp_path, report=pytest.fail).get(key_of(result)) == result


def flip(parquet: Path) -> None:
    """Another prediction in a file that is sound."""
    table = pq.read_table(parquet)
    rows = table.to_pylist()
    rows[0]["prediction"] = str((int(rows[0]["prediction"]) + 1) % 3)
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), parquet)


def test_whether_a_result_is_there_is_known_without_its_predictions(result, tmp_path):
    store = ResultStore(tmp_path)
    assert not store.holds(key_of(result))
    store.get_or_compute(key_of(result), lambda: result)
    next(tmp_path.rglob("*.parquet")).unlink()
    assert store.holds(key_of(result))
    assert not store.holds(key_of(result, seeds=3))


def test_evaluation_looks_at_the_data_and_not_only_at_its_name(tmp_path):
    store = ResultStore(tmp_path)
    other = toy_task(classify_data(noise=1.0, test=30, seed=1))
    encoder = ToyEncoder()
    (one,) = Evaluator(encoder, reference="x", seeds=1, results=store).evaluate([(TASK, "frozen")])
    (two,) = Evaluator(encoder, reference="x", seeds=1, results=store).evaluate([(other, "frozen")])
    assert one.data_sha256 != two.data_sha256


class Unhashed(ToyEncoder):
    code = None


def test_an_encoder_without_a_hash_is_not_kept(tmp_path):
    store = ResultStore(tmp_path / "results")
    (result,) = Evaluator(Unhashed(), reference="x", seeds=1, results=store).evaluate([(TASK, "frozen")])
    assert result.encoder_hash.startswith(PROCESS)
    assert not (tmp_path / "results").exists()


def test_a_long_task_name_is_no_problem(result, tmp_path):
    task = dataclasses.replace(TASK, name=f"tsv:/{'folder/' * 60}file.tsv")
    store = ResultStore(tmp_path)
    named = result.replace(task=task.name)
    store.get_or_compute(key_of(result, task=task), lambda: named)
    assert store.get(key_of(result, task=task)) is not None


def _compute_slowly(directory: Path, result: Result, log: Path, waited: object) -> None:
    def compute() -> Result:
        with log.open("a") as file:
            file.write("computed\n")
        time.sleep(0.7)
        return result

    waiting = waited.put  # type: ignore[attr-defined]
    ResultStore(directory, report=waiting).get_or_compute(key_of(result), compute)


def test_two_processes_compute_a_result_once_and_the_second_says_that_it_waits(result, tmp_path):
    log, waited = tmp_path / "log", FORK.SimpleQueue()
    workers = [FORK.Process(target=_compute_slowly, args=(tmp_path, result, log, waited)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert log.read_text() == "computed\n"
    assert waited.get() == "another process is evaluating toy/classify frozen: waiting for its result"
    assert waited.empty()


def _hang(directory: Path, result: Result, inside: object) -> None:
    def compute() -> Result:
        inside.put(True)  # type: ignore[attr-defined]
        time.sleep(60)
        return result

    ResultStore(directory).get_or_compute(key_of(result), compute)


def test_a_killed_process_leaves_nothing_that_blocks(result, tmp_path):
    inside = FORK.SimpleQueue()
    worker = FORK.Process(target=_hang, args=(tmp_path, result, inside))
    worker.start()
    inside.get()
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    worker.join(10)
    store = ResultStore(tmp_path, report=pytest.fail)
    assert store.get_or_compute(key_of(result), lambda: result) is result
