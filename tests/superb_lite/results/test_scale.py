"""Calibration files: what is read, and what is refused in one line."""

import dataclasses
import json

import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import Evaluator
from superb_lite.evaluation.scoring import rescaled
from superb_lite.results import scale
from superb_lite.results.store import ResultStore
from superb_lite.tasks.taskset import TaskSet
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, toy_task

GOOD = {"floor": {"accuracy": 0.25}, "ceiling": {"accuracy": 0.75}}


def content(**measured):
    return {"tasks": {"toy/classify": {"version": 1, "protocols": {"frozen": {**GOOD, **measured}}}}}


@pytest.fixture
def registered(monkeypatch):
    """Makes a calibration file that of the toy set."""

    def register(found):
        monkeypatch.setattr(plugins, "tasksets", lambda: {"toy": TaskSet("toy", (), calibration="toy:file.json")})
        monkeypatch.setattr(scale, "_read", lambda target: found["tasks"])

    return register


TASK = toy_task(classify_data(noise=1.0, test=30), protocols=("frozen",))


def test_a_scale_is_that_of_the_version_and_protocol(registered):
    registered(content())
    assert scale.scale(TASK, "frozen").coefficients("accuracy") == (200.0, -50.0)
    assert scale.scale(TASK, "knn") is None
    assert scale.scale(dataclasses.replace(TASK, version=2), "frozen") is None
    assert scale.scale(dataclasses.replace(TASK, name="toy/other"), "frozen") is None


def test_a_scale_that_is_too_short_gives_no_scores_but_has_a_sheet(registered):
    registered(content(normalised=False))
    assert scale.scale(TASK, "frozen") is None
    assert scale.sheet(TASK, "frozen")["floor"] == {"accuracy": 0.25}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"tasks": 3}',
        '{"tasks": {"a/b": 3}}',
        '{"tasks": {"a/b": {"version": 1}}}',
        '{"tasks": {"a/b": {"version": "x", "protocols": {}}}}',
        json.dumps(content(floor={})),
        json.dumps(content(floor={"f1": 0.1})),
        json.dumps(content(floor={"accuracy": "low"})),
        json.dumps(content(floor={"accuracy": None})),
        json.dumps(content(floor={"accuracy": float("nan")})),
        json.dumps(content(floor={"accuracy": 0.75})),
        json.dumps(content(ceiling=[0.75])),
    ],
)
def test_a_damaged_file_is_one_line(text):
    with pytest.raises(SuperbLiteError, match=r"^'here\.json' is not a calibration file: ") as refused:
        scale.read(text, "here.json")
    assert "\n" not in str(refused.value)


def test_what_is_stored_is_put_on_the_present_scale(registered, tmp_path):
    registered(content())
    store = ResultStore(tmp_path)
    evaluator = Evaluator(ToyEncoder(), reference="toy", seeds=2, results=store)
    evaluator.results = store  # a toy has a hash of its process only
    (before,) = evaluator.evaluate([(TASK, "frozen")])
    assert before.normalised == pytest.approx(200 * before.score - 50)
    registered(content(floor={"accuracy": 0.5}))
    (after,) = evaluator.evaluate([(TASK, "frozen")])
    assert after.predictions == before.predictions
    assert after.floor == {"accuracy": 0.5}
    assert after.normalised == pytest.approx(400 * after.score - 200)
    assert rescaled(after, None).normalised is None
    assert rescaled(after, None).floor is None
    assert rescaled(before, scale.Scale(**GOOD)) is before
