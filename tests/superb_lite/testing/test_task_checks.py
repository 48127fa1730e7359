"""Each check of a task finds the task that was broken for it, and finds nothing else wrong with it."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite.forms import FORMS
from superb_lite.heads.linear import ProbeSettings
from superb_lite.metrics import METRICS
from superb_lite.protocols.frozen import Frozen
from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.taskset import TaskSet
from superb_lite.testing import check_task, findings, task_checks, task_shuffling
from superb_lite.testing.check import Options
from superb_lite.testing.task_case import TaskCase
from superb_lite.testing.task_data_checks import _apart
from tests.superb_lite.testing.broken.encoders import Sound
from tests.superb_lite.testing.broken.tasks import BROKEN, HALF, SHEETS, Lopsided, data, task
from tests.superb_lite.toy_sequences import sequence_task
from tests.superb_lite.toy_speakers import speakers, verify_task
from tests.superb_lite.toy_tasks import classify_data, tag_data

SHORT = Frozen(ProbeSettings(learning_rate=1e-1, weight_decays=(1e-2,), steps=50))


@pytest.fixture(autouse=True)
def surroundings(monkeypatch):
    """A short training on a small encoder, a metric and a form that are broken, and a set that has calibrated tasks."""
    monkeypatch.setattr(task_shuffling, "baseline", lambda reference: Sound().requires_grad_(False).eval())
    monkeypatch.setattr(task_shuffling, "PROTOCOL", SHORT)
    monkeypatch.setattr(task_checks, "sheet", lambda task, protocol: SHEETS.get(task.name))
    monkeypatch.setattr(task_checks, "tasksets", lambda: {"refused": SimpleNamespace(calibration="a:b.json")})
    monkeypatch.setitem(METRICS, "half", HALF)
    monkeypatch.setitem(FORMS, "lopsided", Lopsided())


def failed(subject, **options):
    return {found.check: found for found in findings(subject, Options(**options)) if found.outcome == "failed"}


def test_every_check_has_a_broken_task():
    assert sorted(BROKEN) == sorted(check.name for check in task_checks.CHECKS)


def test_a_sound_task_passes():
    assert {name: one.why for name, one in failed(task()).items()} == {}
    check_task(TaskSet("broken", (task(),)))


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_task_fails_its_check_and_no_other(name):
    found = failed(BROKEN[name]())
    assert found.keys() == {name}, list(map(str, found.values()))
    assert "To mend: " in found[name].why
    assert len(str(found[name])) <= 300


def test_data_that_cannot_be_loaded_is_said_once():
    found = list(findings(BROKEN["data-is-loaded"](), Options()))
    assert "ValueError: no such column" in found[0].why
    unasked = [one for one in found if "see data-is-loaded" in one.why]
    assert len(unasked) > 8
    assert {one.outcome for one in unasked} == {"not applicable"}


def test_what_is_wrong_is_one_line():
    with pytest.raises(SuperbLiteError, match=r"'broken/task' fails card-is-complete: it gives no licence. To mend"):
        check_task(BROKEN["card-is-complete"]())


def test_more_faults_are_counted():
    with pytest.raises(SuperbLiteError, match=r"fails labels-can-be-drawn \(and 1 more\): .*To mend: lower"):
        check_task(task(budget=1000, licence=""))


@pytest.mark.parametrize(
    ("sheet", "core", "fault"),
    [
        (None, False, "it is not calibrated at version 1 (frozen)"),
        ({"verdict": "admitted", "smallest_difference": 8.0}, False, None),
        (
            {"verdict": "admitted", "smallest_difference": 8.0},
            True,
            "its smallest difference is 8.0, above 6.7 (frozen)",
        ),
        ({"verdict": "admitted, core", "smallest_difference": 5.0}, True, None),
    ],
)
def test_the_calibration_file_of_the_set_counts(monkeypatch, sheet, core, fault):
    found = None if sheet is None else {**SHEETS["refused/task"], "admission": sheet}
    monkeypatch.setattr(task_checks, "sheet", lambda task, protocol: found)
    assert task_checks._calibrated(TaskCase(task(name="refused/task"), Options(core=core))) == fault


def test_a_set_without_a_calibration_file_has_no_place_on_a_board_that_ranks():
    assert failed(task(), core=True).keys() == {"calibrated-and-admitted"}


def test_labels_that_are_nearly_all_equal_are_found():
    sound = data()
    rare = tuple(dataclasses.replace(e, label=int(number < 2)) for number, e in enumerate(sound.test))
    case = TaskCase(task(dataclasses.replace(sound, test=rare)), Options())
    assert task_checks._balanced(case) == "97% of the test labels are 0"
    case = TaskCase(task(dataclasses.replace(sound, test=rare), metrics=("f1",)), Options())
    assert task_checks._balanced(case) is None


def test_a_pair_counts_as_a_whole_in_any_order():
    items = dict(zip("abcd", ("one", "two", "three", "four"), strict=True))
    train = (Example("1", ("a", "b"), 0), Example("2", ("b", "c"), 1))
    other, same = Example("3", ("a", "c"), 0), Example("4", ("b", "a"), 1)
    assert _apart(TaskCase(task(TaskData(items, train, (other,))), Options())) is None
    assert "1 test examples" in _apart(TaskCase(task(TaskData(items, train, (other, same))), Options()))


@pytest.mark.parametrize("data", [classify_data(), tag_data()])
def test_shuffling_keeps_how_often_each_label_comes_and_where_units_are(data):
    mixed = task_shuffling.shuffled(data.train, np.random.default_rng(0))
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
    monkeypatch.setattr(task_shuffling, "baseline", lambda reference: pytest.fail("an encoder was loaded"))
    found = {one.check: one for one in findings(task)}["shuffled-labels-teach-nothing"]
    assert found.outcome == "not applicable"
