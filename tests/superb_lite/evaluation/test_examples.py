"""The examples behind a score: items, labels and predictions in words, for every form, and where two differ."""

from __future__ import annotations

import numpy as np
import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.example_scores import example_scores
from superb_lite.evaluation.examples import differing, examples, scored_examples
from superb_lite.evaluation.scoring import shown as for_people
from superb_lite.forms import form_of
from superb_lite.heads.problem import Problem
from superb_lite.media import Text
from superb_lite.metrics import METRICS, WholeMetric, metric
from superb_lite.results.files import Predicted
from superb_lite.tasks.labels import Answer, Diarization, Example, TaskData, Turn, Unit
from superb_lite.tasks.task import Task
from tests.superb_lite.toy_tasks import ReadCounter

WAVE = np.zeros(1600, np.float32)


def task_of(form, metrics, labels, items, test, modality="text") -> Task:
    data = TaskData(items, (), tuple(test))
    return Task("toy/x", 1, modality, form, metrics, labels, lambda root: data)


def shown(task, *predictions):
    """The examples of a task with the predictions of seeds 0, 1, ..., in the order of the test."""
    ids = [e.id for e in task.data().test]
    return examples(task, predicted(ids, *predictions))


def predicted(ids, *predictions):
    return Predicted({seed: dict(zip(ids, of, strict=True)) for seed, of in enumerate(predictions)}, {})


CLASSES = task_of(
    "classify", ("accuracy",), ("no", "yes"), {"a": "one", "b": ("two", "three")},
    [Example("1", ("a",), 1), Example("2", ("b",), 0)],
)  # fmt: skip


def test_a_class_has_its_name():
    one, two = shown(CLASSES, [1, 1], [0, 1])
    assert (one.id, one.label, one.predictions, one.right) == ("1", "yes", {0: "yes", 1: "no"}, {0: True, 1: False})
    assert (two.label, two.scores, two.score) == ("no", {0: 0.0, 1: 0.0}, 0.0)
    assert (one.score, one.text, two.text) == (0.5, "one", "two\nthree")
    assert two.items == (("two", "three"),)
    assert two.media() == (Text("two"), Text("three"))


def test_tags_stand_behind_what_they_tag():
    units = (Unit(0, 1, 1), Unit(1, 2, 2), Unit(2, 3, 0), Unit(3, 4, 0), Unit(4, 6, 1))
    task = task_of("tag", ("span_f1",), ("O", "B-PER", "I-PER"), {"a": "王明去北 京"}, [Example("1", ("a",), units)])
    (one,) = shown(task, [(1, 2, 0, 0, 1)], [(0, 0, 0, 0, 1)], [(0, 0, 0, 0, 0)])
    assert one.label == "王明/PER 去北 京/PER"
    assert one.predictions == {0: one.label, 1: "王明去北 京/PER", 2: "王明去北 京"}
    assert one.scores == {0: 1.0, 1: pytest.approx(2 / 3), 2: 0.0}
    assert one.right == {0: True, 1: False, 2: False}


def test_nothing_to_be_found_is_found():
    task = task_of(
        "tag", ("span_f1",), ("O", "B-X"), {"a": "ab"}, [Example("1", ("a",), (Unit(0, 1, 0), Unit(1, 2, 0)))]
    )
    (one,) = shown(task, [(0, 0)], [(0, 1)])
    assert one.right == {0: True, 1: False}


def test_other_tags_each_by_itself_and_in_runs():
    units = (Unit(0, 2, 0), Unit(2, 3, 1), Unit(3, 5, 1))
    task = task_of("tag", ("unit_accuracy",), ("n", "v"), {"a": "cat is"}, [Example("1", ("a",), units)])
    (one,) = shown(task, [(0, 1, 0)])
    assert (one.label, one.predictions[0], one.scores[0]) == ("ca/n t/v i/v", "ca/n t/v i/n", pytest.approx(2 / 3))
    task = task_of("tag", ("unit_accuracy",), ("n", "v"), {"a": WAVE}, [Example("1", ("a",), units)], "speech")
    (one,) = shown(task, [(1, 1, 1)])
    assert (one.label, one.predictions[0], one.text) == ("n v×2", "v×3", None)


def test_answers_are_texts_also_as_they_come_from_a_file():
    answers = (Answer(0, 3, "the"), Answer(4, 7, "cat"), Answer(4, 7, "cat"))
    task = task_of(
        "span", ("exact_match", "char_f1"), ("x", "y"), {"a": ("who?", "the cat")}, [Example("1", ("a",), answers)]
    )
    (one,) = shown(task, [Answer(4, 7, "cat")], [(4, 6, "ca")])
    assert (one.label, one.predictions) == ("the / cat", {0: "cat", 1: "ca"})
    assert one.scores == {0: 1.0, 1: pytest.approx((0 + 0.8) / 2)}


@pytest.mark.parametrize(
    ("labels", "symbols", "words"),
    [
        (("a", "b", " "), (0, 2, 1), "a b"),
        (("AH", "P", "T"), (0, 1, 2), "AH P T"),
        (("天", "地"), (0, 1), "天地"),
        (("a", " ", "B-item"), (2, 0, 1, 0), "B-item a a"),
        (("a", "b"), (), ""),
    ],
)
def test_transcriptions_are_read_as_they_are_written(labels, symbols, words):
    task = task_of("transcribe", ("cer",), labels, {"a": WAVE}, [Example("1", ("a",), (0, 1))], "speech")
    assert shown(task, [symbols])[0].predictions == {0: words}


def test_an_error_rate_is_turned_round():
    task = task_of("transcribe", ("cer",), ("a", "b"), {"a": WAVE}, [Example("1", ("a",), (0, 1))], "speech")
    (one,) = shown(task, [(0, 1)], [(0,)], [(1, 1, 1, 1, 1, 1)])
    assert one.scores == {0: 1.0, 1: 0.5, 2: -1.5}
    assert one.right == {0: True, 1: False, 2: False}


def test_numbers_are_never_just_right():
    task = task_of("regress", ("pearson",), ("x", "y"), {"a": "one"}, [Example("1", ("a",), 2.5)])
    (one,) = shown(task, [2.0], [2.5])
    assert (one.label, one.predictions) == ("2.5", {0: "2", 1: "2.5"})
    assert (one.scores, one.right) == ({0: -0.5, 1: 0.0}, {0: None, 1: None})


@pytest.mark.parametrize("form", ["verify", "search"])
def test_similarities_are_right_beside_the_threshold_of_equal_errors(form):
    items = dict.fromkeys("abcd", WAVE)
    pairs = [Example(str(n), (a, b), n % 2) for n, (a, b) in enumerate(("ab", "ac", "ad", "bc", "bd", "cd"))]
    task = task_of(form, ("eer",), ("x", "y"), items, pairs, "speech")
    found = shown(task, [0.1, 0.9, 0.2, 0.8, 0.85, 0.15])
    assert [one.label for one in found[:2]] == ["no match", "match"]
    assert found[1].predictions == {0: "0.900"}
    # One match of three is below, one of the others above.
    assert [one.right[0] for one in found] == [True, True, True, True, False, False]


def test_who_talks_in_which_units():
    label = Diarization(100, 450, (Turn(0, 200, 0), Turn(150, 450, 1)))
    task = task_of("diarize", ("der",), ("a", "b"), {"x": WAVE}, [Example("1", ("x",), label)], "speech")
    swapped, silent = ((1,), (1,), (0,), (0,), (0,)), ((),) * 5
    (one,) = shown(task, [swapped], [silent])
    assert one.predictions == {0: "a 3-5; b 1-2", 1: "nobody"}
    assert one.label in ("a 1-2; b 2-5", "a 1-2; b 3-5")
    assert one.scores[1] == 0.0
    assert one.scores[0] > 0.8


def test_choices_are_said_by_what_stands_there():
    items = {"c": "The sky is", "x": "blue", "y": "green"}
    task = task_of("choose", ("accuracy",), ("1", "2"), items, [Example("1", ("c", "x", "y"), 0)])
    (one,) = shown(task, [1])
    assert (one.label, one.predictions, one.right) == ("blue", {0: "green"}, {0: False})
    assert one.text == "The sky is\nblue\ngreen"


def test_places_are_classes():
    items = {"a": np.zeros((1, 4, 4), np.uint8)}
    task = task_of("classify-places", ("accuracy",), ("left", "right"), items, [Example("1", ("a",), 1)], "image")
    (one,) = shown(task, [1])
    assert (one.predictions, one.text) == ({0: "right"}, None)
    assert one.media()[0].width == 4


def test_scores_average_to_the_score_of_the_task():
    rng = np.random.default_rng(0)
    test = [Example(str(n), ("a",), int(rng.integers(2))) for n in range(30)]
    task = task_of("classify", ("accuracy",), ("x", "y"), {"a": "t"}, test)
    predictions = [int(rng.integers(2)) for _ in test]
    expected = metric("accuracy").score(test, predictions, task.labels)
    assert np.mean(example_scores(task, test, predictions)) == pytest.approx(expected)


def test_a_metric_of_all_examples_says_nothing_of_one(monkeypatch):
    monkeypatch.setitem(METRICS, "strange", WholeMetric("strange", frozenset({"units"}), True, lambda *_: 0.5))
    task = task_of("tag", ("strange",), ("n", "v"), {"a": "ab"}, [Example("1", ("a",), (Unit(0, 1, 0), Unit(1, 2, 1)))])
    (one,) = shown(task, [(0, 1)])
    assert (one.scores, one.right, one.score) == ({0: None}, {0: None}, None)


def four():
    return task_of("classify", ("accuracy",), ("x", "y"), {"a": "t"}, [Example(n, ("a",), 1) for n in "pqrst"])


def test_those_come_first_about_which_two_encoders_differ_most():
    # p: b right twice. q: both right. r: a right twice, b never. s: a right once, b never. t: both wrong
    a = predicted("pqrst", [0, 1, 1, 1, 0], [0, 1, 1, 0, 0])
    b = predicted("pqrst", [1, 1, 0, 0, 0], [1, 1, 0, 0, 0])
    found = differing(four(), a, b)
    assert [(pair.a.id, pair.gap) for pair in found] == [("r", 1.0), ("p", -1.0), ("s", 0.5)]
    assert [pair.a.id for pair in differing(four(), b, a)] == ["p", "r", "s"]
    assert differing(four(), a, a) == []


def test_what_one_of_them_was_not_asked_is_left_out():
    a, b = predicted("pq", [0, 1]), predicted("qr", [0, 1])
    assert [pair.a.id for pair in differing(four(), a, b)] == ["q"]
    assert [one.id for one in examples(four(), predicted("qs", [0, 1]))] == ["q", "s"]
    assert examples(four(), Predicted({}, {})) == []


@pytest.mark.parametrize("strange", [99, "x", None, (1, 2), {"a": 1}, -(10**30)])
def test_predictions_that_are_none_for_the_task_are_one_line(strange):
    with pytest.raises(SuperbLiteError, match="the predictions on 'toy/x' cannot be shown") as error:
        shown(CLASSES, [strange, 1])
    assert "\n" not in str(error.value)


def test_items_are_read_when_they_are_looked_at():
    items = ReadCounter({"a": "t"})
    task = task_of("classify", ("accuracy",), ("x", "y"), items, [Example(n, ("a",), 1) for n in "pqrst"])
    found = shown(task, [0, 1, 0, 1, 0])
    assert items.reads == {"a": 0}
    assert found[0].text == "t"
    assert items.reads == {"a": 1}


def problem_of(task) -> Problem:
    test = task.data().test
    return Problem(task, form_of(task), task.data(), [0], [()], [()], test)


def test_labels_for_people_are_written_like_predictions_and_texts_by_lines():
    assert for_people(problem_of(CLASSES)) == {"1": ("1", "one"), "2": ("0", "two\nthree")}
    units = (Unit(0, 1, 1), Unit(1, 2, 0))
    tag = task_of("tag", ("unit_accuracy",), ("n", "v"), {"a": "a\udcffb"}, [Example("1", ("a",), units)])
    assert for_people(problem_of(tag)) == {"1": ("[1, 0]", "a\ufffdb")}
    span = task_of(
        "span", ("char_f1",), ("x", "y"), {"a": ("who?", "猫")}, [Example("1", ("a",), (Answer(0, 1, "猫"),))]
    )
    assert for_people(problem_of(span)) == {"1": ('[[0, 1, "猫"]]', "who?\n猫")}


def test_items_that_are_no_texts_or_lie_on_disk_are_not_read_for_it():
    items = ReadCounter({"a": "t"})
    lazy = task_of("classify", ("accuracy",), ("x", "y"), items, [Example("1", ("a",), 1)])
    assert for_people(problem_of(lazy)) == {"1": ("1", None)}
    assert items.reads == {"a": 0}
    sounds = task_of("classify", ("accuracy",), ("x", "y"), {"a": WAVE}, [Example("1", ("a",), 1)], "speech")
    assert for_people(problem_of(sounds)) == {"1": ("1", None)}


@pytest.mark.parametrize("strange", [99, "x", None, (1, 2)])
def test_scored_examples_say_what_is_none_when_it_is_asked_for(strange):
    found = {one.id: one for one in scored_examples(CLASSES, predicted("12", [strange, 1]))}
    assert found["2"].predictions == {0: "yes"}
    with pytest.raises(SuperbLiteError, match="the predictions on 'toy/x' cannot be shown"):
        _ = found["1"].predictions
