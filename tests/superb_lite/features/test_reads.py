"""How often an item is read: a release on disk is decoded each time."""

import dataclasses
from collections import Counter

import numpy as np
import pytest

from superb_lite.errors import BadItemError, SuperbLiteError
from superb_lite.evaluation.run import Evaluator
from superb_lite.features import store as module
from superb_lite.features.data_checks import check_all, check_data
from superb_lite.features.spot_check import SAMPLES
from superb_lite.features.store import FeatureStore, ItemView
from superb_lite.forms import View
from superb_lite.results.store import ResultStore
from superb_lite.tasks.labels import Example, TaskData
from tests.superb_lite.toy_tasks import ReadCounter, ToyEncoder, classify_data, tag_data, toy_task


def counted(data):
    return dataclasses.replace(data, items=ReadCounter(data.items))


def evaluated(tasks, tmp_path, *, features="features", results="results"):
    columns = [(task, "frozen") for task in tasks]
    options = {"feature_dir": tmp_path / features, "results": ResultStore(tmp_path / results)}
    return [r.score for r in Evaluator(ToyEncoder(), reference="toy", seeds=1, **options).evaluate(columns)]


def tasks_over(items, data, form, number):
    """Tasks that share a mapping of items; a new process would have new ones."""
    copies = [dataclasses.replace(data, items=items) for _ in range(number)]
    return [toy_task(copy, form=form, name=f"toy/{form}-{n}") for n, copy in enumerate(copies)]


@pytest.mark.parametrize("number", [1, 6])
@pytest.mark.parametrize("form", ["classify", "tag"])
def test_an_item_is_read_twice_and_once_when_all_is_known(tmp_path, form, number):
    """Once to check and hash it, and once more to encode it."""
    data = classify_data(train=30, test=12, noise=0.5) if form == "classify" else tag_data(train=20, test=12, noise=0.5)

    def reads(**options):
        items = ReadCounter(data.items)
        evaluated(tasks_over(items, data, form, number), tmp_path, **options)
        return Counter(items.reads.values())

    assert reads() == {2: len(data.items)}
    assert reads() == {1: len(data.items)}
    only_features = reads(results="other results")
    assert set(only_features) <= {1, 2}
    # Those that the encoder is tried on, those of the spot check, and the test items that its cost is measured on.
    assert only_features[2] <= 14 + 12


def test_what_has_no_room_in_memory_is_read_again_with_the_same_features(tmp_path, monkeypatch):
    items = classify_data(train=30, test=12, noise=0.5).items
    views = {key: ItemView(items, key, View("mean")) for key in items}
    expected = FeatureStore(ToyEncoder(), None).table(views).stack(list(items), 1)
    monkeypatch.setattr(module, "RAW_BUDGET", 2500)
    counter = ReadCounter(items)
    store = FeatureStore(ToyEncoder(), None)
    found = store.table({key: ItemView(counter, key, View("mean")) for key in items}).stack(list(items), 1)
    assert found.tolist() == expected.tolist()
    reads = Counter(counter.reads.values())
    assert reads[1] > 3  # there was room for some
    assert reads[3] + reads[4] > 20  # hashed, measured and encoded, and a few for the spot check
    assert reads[4] <= SAMPLES


def test_data_is_checked_and_hashed_in_one_pass_for_all_tasks():
    data = tag_data(train=20, test=12)
    items = ReadCounter(data.items)
    tasks = tasks_over(items, data, "tag", 4)
    check_all((task, task.data()) for task in tasks)
    assert len({task.data().content_hash() for task in tasks}) == 1
    assert set(items.reads.values()) == {1}
    check_all((task, task.data()) for task in tasks)
    assert set(items.reads.values()) == {1}


def test_a_task_that_comes_later_is_checked_too():
    data = tag_data(train=20, test=12)
    task = toy_task(data, form="tag")
    check_data(task, data)
    wrong = (dataclasses.replace(data.test[0], label=0), *data.test[1:])
    other = dataclasses.replace(data, test=wrong)
    with pytest.raises(SuperbLiteError, match="'test-0' needs a tuple of units"):
        check_data(toy_task(other, form="tag"), other)
    short = {**data.items, "train-3": np.zeros(1, np.float32)}
    with pytest.raises(SuperbLiteError, match="after its item"):
        check_data(task, dataclasses.replace(data, items=short))


def test_items_of_another_modality_are_checked_though_they_were_hashed():
    data = TaskData({"a": "text", "b": ""}, (Example("x", ("a",), 0),), (Example("y", ("b",), 1),))
    data.content_hash()
    with pytest.raises(BadItemError, match="'b' is empty"):
        check_data(toy_task(data, modality="text", labels=("a", "b")), data)
