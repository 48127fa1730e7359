"""check_task: each kind of unsound task is named, and a sound one passes."""

import dataclasses
import json

import numpy as np
import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.measure_scale import calibrate
from superb_lite.heads.linear import ProbeSettings
from superb_lite.metrics import METRICS
from superb_lite.protocols import PROTOCOLS
from superb_lite.protocols.frozen import Frozen
from superb_lite.results import scale
from superb_lite.tasks.labels import Example, TaskData
from superb_lite.testing import check_task, task_faults
from superb_lite.testing import tasks as checks
from tests.superb_lite.toy_sequences import sequence_task
from tests.superb_lite.toy_speakers import speakers, verify_task
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, tag_data, toy_task

SHORT = Frozen(ProbeSettings(learning_rate=1e-1, weight_decays=(1e-2,), steps=50))


@pytest.fixture(autouse=True)
def toy(monkeypatch):
    modality = type("Toy", (), {"name": "toy", "baselines": ("raw:toy",), "check_item": lambda *_: None})()
    monkeypatch.setattr(plugins, "modality", lambda name: modality)
    monkeypatch.setattr(checks, "load_encoder", lambda reference: ToyEncoder())
    monkeypatch.setattr(checks, "Frozen", lambda: SHORT)
    monkeypatch.setitem(PROTOCOLS, "frozen", SHORT)


@pytest.fixture
def sheets(monkeypatch):
    """Writes what is known of tasks: floors and rules as they are, and this verdict."""

    def write(task, *, verdict="admitted, core", smallest=5.0, **changes):
        content = calibrate([task], report=lambda line: None, only_floors=True)
        content = scale.read(json.dumps(content), "toy")
        measured = content["tasks"][task.name]["protocols"]["frozen"]
        measured["admission"] = {"verdict": verdict, "smallest_difference": smallest}
        monkeypatch.setattr(checks, "sheet", lambda task, protocol: {**measured, **changes})

    return write


def sound(**changes):
    data = classify_data(noise=0.5, test=150)
    return toy_task(data, **{"protocols": ("frozen",), "rule": "the largest column", **changes})


def test_a_sound_task_passes(sheets):
    sheets(sound())
    assert task_faults(sound(), core=True) == []
    check_task(sound(), core=True)


def test_a_task_without_a_sheet_is_refused_in_one_line(monkeypatch):
    monkeypatch.setattr(plugins, "tasksets", dict)
    with pytest.raises(SuperbLiteError, match=r"task 'toy/classify': not calibrated at version 1 \(frozen\)"):
        check_task(sound(), shuffled=False)


@pytest.mark.parametrize(
    ("known", "core", "fault"),
    [
        ({"verdict": "refused: raw:a is 70% of the way"}, False, "refused: raw:a is 70% of the way (frozen)"),
        ({"smallest": 8.0}, True, "its smallest difference is 8.0, above 6.7 (frozen)"),
        ({"smallest": 8.0}, False, None),
        ({"floor": {"accuracy": 0.2}}, False, "the best constant has accuracy 33.3, not 20.0: calibrate it anew"),
    ],
)
def test_what_the_sheet_says_counts(sheets, known, core, fault):
    sheets(sound(), **known)
    assert task_faults(sound(), core=core, shuffled=False) == ([] if fault is None else [fault])


def test_a_test_item_among_the_labelled_ones_is_found_by_its_content(sheets):
    data = classify_data(noise=0.5, test=150)
    copy = data.items["train-3"].copy()
    task = sound(load=lambda root: dataclasses.replace(data, items={**data.items, "test-7": copy}))
    sheets(task)
    assert task_faults(task, shuffled=False) == ["1 test examples are among the labelled ones, the first 'test-7'"]


def test_a_cluster_on_both_sides_is_found(sheets):
    data = classify_data(noise=0.5, test=150)
    parts = {
        part: tuple(dataclasses.replace(e, cluster=f"{name}{i // 10}") for i, e in enumerate(getattr(data, part)))
        for part, name in (("train", "x"), ("test", "y"))
    }
    apart = sound(load=lambda root: dataclasses.replace(data, **parts))
    sheets(apart)
    assert task_faults(apart, shuffled=False) == []
    mixed = {**parts, "test": (dataclasses.replace(parts["test"][0], cluster="x2"), *parts["test"][1:])}
    task = sound(load=lambda root: dataclasses.replace(data, **mixed))
    assert task_faults(task, shuffled=False) == ["1 clusters of the test are among the labelled ones, the first 'x2'"]


def test_a_pair_counts_as_a_whole(sheets):
    items = {name: np.full((1, 3), value, dtype=np.float32) for name, value in zip("abcd", range(4), strict=True)}
    train = (Example("1", ("a", "b"), 0), Example("2", ("b", "c"), 1))
    other, same = Example("3", ("a", "c"), 0), Example("4", ("b", "a"), 1)
    assert list(checks.overlaps(TaskData(items, train, (other,)))) == []
    assert len(list(checks.overlaps(TaskData(items, train, (other, same))))) == 1


def test_labels_that_do_not_get_the_best_score_are_found(sheets, monkeypatch):
    never = dataclasses.replace(
        METRICS["accuracy"], name="never", value=lambda counts: 0.5 * counts[..., 0] / counts[..., 1]
    )
    monkeypatch.setitem(METRICS, "never", never)
    task = sound(metrics=("never",))
    sheets(task)
    assert "the labels themselves score never 50.0, and the best is 100.0" in task_faults(task, shuffled=False)


def test_a_leak_that_survives_shuffled_labels_is_found(sheets, monkeypatch):
    sheets(sound())
    honest = checks._shuffled
    assert task_faults(sound()) == []
    monkeypatch.setattr(checks, "_shuffled", lambda examples, rng: examples)
    (fault,) = task_faults(sound())
    assert "with shuffled labels is" in fault
    assert fault.endswith("labels leak")
    monkeypatch.setattr(checks, "_shuffled", honest)


@pytest.mark.parametrize("data", [classify_data(), tag_data()])
def test_shuffling_keeps_how_often_each_label_comes_and_where_units_are(data):
    mixed = checks._shuffled(data.train, np.random.default_rng(0))
    assert [e.id for e in mixed] == [e.id for e in data.train]
    assert [e.label for e in mixed] != [e.label for e in data.train]

    def flat(examples):
        return sorted(u.label for e in examples for u in (e.label if isinstance(e.label, tuple) else ()))

    def places(examples):
        return [[u[:2] for u in e.label] if isinstance(e.label, tuple) else () for e in examples]

    assert flat(mixed) == flat(data.train)
    assert places(mixed) == places(data.train)


@pytest.mark.parametrize("task", [verify_task(speakers()), sequence_task("transcribe"), sequence_task("span")])
def test_forms_that_read_no_rows_are_not_trained_on_shuffled_labels(task, monkeypatch):
    monkeypatch.setattr(checks, "load_encoder", lambda reference: pytest.fail("an encoder was loaded"))
    monkeypatch.setattr(checks, "sheet", lambda task, protocol: None)
    assert not any("shuffled" in fault for fault in task_faults(task))
