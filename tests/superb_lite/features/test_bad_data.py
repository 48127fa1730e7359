"""What is refused before anything is computed, and in which words."""

import dataclasses

import numpy as np
import pytest

from superb_lite.errors import BadItemError, SuperbLiteError, UnknownNameError
from superb_lite.evaluation import problems
from superb_lite.evaluation.request import select_tasks
from superb_lite.evaluation.run import evaluate
from superb_lite.forms.tag import Tag
from superb_lite.metrics import metric
from superb_lite.protocols.finetune import Finetune
from superb_lite.tasks.labels import Example
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, tag_data, toy_task


def refused(data, match, *, encoder=None, error=SuperbLiteError, protocol=None, **task):
    with pytest.raises(error, match=match) as caught:
        evaluate(encoder or ToyEncoder(), toy_task(data, **task), seeds=1, protocol=protocol)
    assert "\n" not in str(caught.value)


DATA = classify_data(train=12, test=9)


def with_test(*examples):
    return dataclasses.replace(DATA, test=(*DATA.test, *examples))


def test_two_examples_of_one_id():
    refused(with_test(DATA.train[3]), "the example id 'train-3' stands for two examples")


def test_more_predictions_than_a_result_can_be_read_with(monkeypatch):
    monkeypatch.setattr(problems, "MOST_ROWS", 8)
    refused(
        DATA, r"9 test examples at 1 evaluation seeds are more than the 8 predictions that a result holds: give --limit"
    )
    assert evaluate(ToyEncoder(), toy_task(DATA), seeds=1, limit=8)[0].n_test == 8


def test_an_item_that_is_not_there():
    refused(with_test(Example("new", ("lost",), 0)), "example 'new' names the missing item 'lost'")


@pytest.mark.parametrize("label", [3, -1])
def test_a_class_out_of_range(label):
    refused(
        with_test(Example("new", ("test-0",), label)), f"example 'new' has class {label}, but classes go from 0 to 2"
    )


def test_a_unit_out_of_range():
    data = tag_data(train=12, test=9)
    refused(data, "'train-0' has class 2, but classes go from 0 to 1", form="tag", labels=("a", "b"))


def test_labels_of_another_form():
    refused(DATA, "example 'train-0' needs a tuple of units", form="tag")
    refused(tag_data(train=4, test=4), "'train-0' needs the index", form="classify")
    refused(with_test(Example("new", ("test-0",), ())), "'train-0' needs a tuple of units", form="tag")


def test_no_test_examples():
    refused(dataclasses.replace(DATA, test=()), "'toy/classify' has no test examples")


def test_a_single_class():
    train = tuple(e for e in DATA.train if e.label == 0)
    refused(dataclasses.replace(DATA, train=train), "fewer than two classes in its training examples")


def test_a_single_cluster_that_leaves_nothing_to_train_on():
    train = tuple(dataclasses.replace(e, cluster="only") for e in DATA.train)
    refused(dataclasses.replace(DATA, train=train), "'toy/classify' has too few labelled examples")


@pytest.mark.parametrize("protocol", ["frozen", "finetune"])
def test_features_that_are_not_finite_name_the_item(protocol):
    items = {**DATA.items, "test-4": np.full((2, 3), np.nan, dtype=np.float32)}
    refused(dataclasses.replace(DATA, items=items), "not finite for item 'test-4'", protocol=protocol)


@pytest.mark.parametrize(
    ("item", "words"),
    [("", "'test-4' is empty"), (" \n", "'test-4' is empty"), (None, "is a NoneType: it must be a str")],
)
def test_a_bad_text_item_is_named(item, words):
    data = dataclasses.replace(DATA, items={**dict.fromkeys(DATA.items, "text"), "test-4": item})
    with pytest.raises(BadItemError, match=words):
        evaluate("raw:characters", toy_task(data, modality="text"), seeds=1)


def test_a_task_of_another_modality():
    with pytest.raises(SuperbLiteError, match="'ToyEncoder' takes toy, but 'toy/classify' is a task of modality smell"):
        evaluate(ToyEncoder(), toy_task(DATA, modality="smell"))


def test_a_pattern_leaves_tasks_of_other_modalities_out():
    assert [t.modality for t in select_tasks("*/ks", "speech", "x")] == ["speech"]
    assert [t.name for t in select_tasks("superb/k*", "speech", "x")] == ["superb/ks"]
    everything = select_tasks(["*", "clue-lite/pos"], "text", "x")
    assert {t.modality for t in everything} == {"text"}
    assert len({t.name for t in everything}) == len(everything) >= 3


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ({"tasks": "clue-lite/poss"}, "unknown task 'clue-lite/poss': did you mean 'clue-lite/pos'"),
        ({"encoder": "raw:charcters"}, "unknown encoder 'raw:charcters': did you mean 'raw:characters'"),
        ({"encoder": "random:text-brt"}, "unknown encoder 'random:text-brt': did you mean 'random:text-bert'"),
        ({"protocol": "frozn"}, "unknown protocol 'frozn': did you mean 'frozen'"),
    ],
)
def test_unknown_names_offer_the_nearest(call, words):
    values = {"encoder": "raw:characters", "tasks": "clue-lite/pos", "seeds": 1, **call}
    with pytest.raises(UnknownNameError, match=words):
        evaluate(values.pop("encoder"), values.pop("tasks"), **values)


def test_a_name_like_no_other_gets_the_list():
    with pytest.raises(UnknownNameError, match=r"unknown metric 'zzz': known: accuracy, .* and \d+ more"):
        metric("zzz")


def test_unknown_form():
    refused(DATA, "unknown form 'classfy': did you mean 'classify'", form="classfy")


def test_a_protocol_that_does_not_go_with_the_form(monkeypatch):
    monkeypatch.setattr(Finetune, "forms", (Tag,))
    refused(DATA, "protocol 'finetune' does not go with form 'classify'", protocol="finetune")


@pytest.mark.parametrize(
    ("option", "words"),
    [({"seeds": 0}, "--seeds 0"), ({"limit": 1}, "--limit 1"), ({"batch_size": 0}, "--batch-size 0")],
)
def test_numbers_that_make_no_sense(option, words):
    with pytest.raises(SuperbLiteError, match=words):
        evaluate(ToyEncoder(), toy_task(DATA), **{"seeds": 1, **option})


def test_a_device_that_is_not_there():
    with pytest.raises(SuperbLiteError, match="unknown device 'warp': it is auto, cpu, cuda, cuda:N or mps"):
        evaluate(ToyEncoder(), toy_task(DATA), seeds=1, device="warp")
