"""Floors: no constant answer scores above them, and one scores as much."""

import dataclasses

import numpy as np
import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.constant_answers import floor_of
from superb_lite.forms import FORMS, Form
from superb_lite.metrics import metric
from superb_lite.tasks.labels import Example, TaskData, Unit
from tests.superb_lite.heads.test_matching import search_task, utterances
from tests.superb_lite.toy_sequences import sequence_task
from tests.superb_lite.toy_speakers import speakers, verify_task
from tests.superb_lite.toy_tasks import classify_data, toy_task


def classes(labels):
    """Data whose test labels are these; the items say nothing."""
    items = {"x": np.zeros((1, 3), dtype=np.float32)}
    examples = [tuple(Example(f"{part}{i}", ("x",), y, cluster=f"c{i}") for i, y in enumerate(labels)) for part in "ab"]
    return TaskData(items, *examples)


def floor(task):
    found = floor_of(task, task.data())
    return {name: sample.estimate for name, sample in found.samples.items()}, found.words


@pytest.mark.parametrize("yes", [1, 5, 9])
def test_always_yes_is_the_floor_of_f1_and_the_frequent_class_that_of_accuracy(yes):
    task = toy_task(classes([1] * yes + [0] * (10 - yes)), metrics=("accuracy", "f1", "mcc"), labels=("no", "yes"))
    values, words = floor(task)
    share = yes / 10
    assert values == pytest.approx({"accuracy": max(share, 1 - share), "f1": 2 * share / (1 + share), "mcc": 0.0})
    assert "f1: always 'yes'" in words or words == "always 'yes'"


def test_the_standard_error_is_that_of_a_share():
    found = floor_of(toy_task(data := classes([1] * 30 + [0] * 70)), data).samples["accuracy"]
    assert found.values.shape == (1, 100)
    assert found.values.mean() == pytest.approx(0.7)
    assert sorted(np.unique(found.values)) == pytest.approx([0.0, 1.0])


def test_of_spans_every_unit_as_a_span_of_its_own_may_be_the_best_constant():
    labels = ("O", "B-W", "I-W")
    units = [tuple(Unit(2 * i, 2 * i + 2, k) for i, k in enumerate(row)) for row in ([1, 1, 1, 2], [1, 1, 2, 1])]
    data = TaskData({}, (), tuple(Example(str(n), ("x",), row, cluster=str(n)) for n, row in enumerate(units)))
    values, words = floor(toy_task(data, form="tag", metrics=("span_f1",), labels=labels))
    # Of 8 predicted spans 4 are among the 6 of the labels.
    assert values["span_f1"] == pytest.approx(2 * 4 / (8 + 6))
    assert words == "always 'B-W'"


@pytest.mark.parametrize("name", ["pearson", "spearman"])
def test_a_constant_number_correlates_with_nothing(name):
    assert floor(toy_task(classify_data(), form="regress", metrics=(name,)))[0] == {name: 0.0}


def test_pairs_that_are_all_alike_are_told_apart_by_chance():
    assert floor(verify_task(speakers()))[0] == {"eer": 0.5}
    assert floor(search_task(utterances()))[0] == {"mtwv": 0.0}


@pytest.mark.parametrize("form", ["transcribe", "diarize", "span"])
def test_no_constant_is_better_than_the_floor_and_one_is_as_good(form):
    task = sequence_task(form)
    data, (name,) = task.data(), task.metrics
    scores = [
        metric(name).score(data.test, [constant.answer(e) for e in data.test], task.labels)
        for constant in FORMS[form].constants(task, data)
    ]
    best = max(scores) if metric(name).higher_is_better else min(scores)
    assert floor(task)[0] == {name: pytest.approx(best)}
    assert len(set(scores)) > 1 or form == "span"


def test_an_error_rate_has_a_constant_that_is_no_worse_than_saying_nothing():
    assert floor(sequence_task("transcribe"))[0]["per"] <= 1.0
    assert floor(sequence_task("diarize"))[0]["der"] < 1.0  # somebody talks all the time


def test_a_form_without_constants_is_named(monkeypatch):
    monkeypatch.setattr(FORMS["classify"].__class__, "constants", Form.constants)
    with pytest.raises(SuperbLiteError, match=r"'toy/classify': form 'classify' names no constant answers"):
        floor(dataclasses.replace(toy_task(classify_data())))
