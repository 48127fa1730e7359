import dataclasses
import gc
import weakref
from collections import Counter

import numpy as np
import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Answer, Example, TaskData
from superb_lite.tasks.task import fold_numbers, forget_data
from superb_lite.tasks.taskset import TaskSet
from tests.superb_lite.toy_tasks import classify_data, tag_data, toy_task


def ids(examples):
    return [e.id for e in examples]


def test_a_few_label_subset_is_stratified_of_the_right_size_disjoint_and_reproducible():
    task = toy_task(classify_data(train=90), budget=10)
    train, validation = task.train(3)
    assert Counter(e.label for e in train) == {0: 8, 1: 8, 2: 8}
    assert Counter(e.label for e in validation) == {0: 2, 1: 2, 2: 2}
    assert set(ids(train)).isdisjoint(ids(validation))
    assert set(ids(train + validation)) <= set(ids(task.data().train))
    assert task.train(3) == (train, validation)
    assert ids(task.train(4)[0]) != ids(train)


def test_the_subset_depends_on_the_name_and_the_version_of_the_task():
    task = toy_task(classify_data(train=90), budget=10)
    drawn = {
        tuple(ids(t.train(0)[0]))
        for t in (task, dataclasses.replace(task, version=2), dataclasses.replace(task, name="toy/b"))
    }
    assert len(drawn) == 3


def test_a_tagging_budget_counts_items():
    task = toy_task(tag_data(train=50), form="tag", budget=20)
    train, validation = task.train(0)
    assert (len(train), len(validation)) == (16, 4)
    assert set(ids(train)).isdisjoint(ids(validation))


def test_without_a_budget_every_label_is_used():
    train, validation = toy_task(classify_data(train=30)).train(0)
    assert sorted(ids(train + validation)) == sorted(f"train-{i}" for i in range(30))


def test_a_cluster_is_never_on_both_sides():
    data = tag_data(train=60)
    clustered = tuple(dataclasses.replace(e, cluster=f"k{i // 4}") for i, e in enumerate(data.train))
    task = toy_task(dataclasses.replace(data, train=clustered), form="tag", budget=40)
    for seed in range(5):
        train, validation = task.train(seed)
        assert len(train) + len(validation) == 40
        assert {e.cluster for e in train}.isdisjoint(e.cluster for e in validation)


def test_folds_are_stratified_and_of_equal_size():
    examples = classify_data(train=90).train
    folds = fold_numbers(examples, 5)
    assert Counter(folds) == dict.fromkeys(range(5), 18)
    assert Counter((e.label, f) for e, f in zip(examples, folds, strict=True)) == {
        (label, fold): 6 for label in range(3) for fold in range(5)
    }


def test_an_official_validation_split_is_used_whole():
    data = classify_data(train=30)
    official = tuple(Example(f"v{i}", ("test-0",), 0) for i in range(4))
    train, validation = toy_task(dataclasses.replace(data, validation=official), budget=5).train(0)
    assert validation == official
    assert Counter(e.label for e in train) == {0: 5, 1: 5, 2: 5}


def test_every_label_of_the_pool_is_drawn_sooner_or_later():
    task = toy_task(classify_data(train=30), budget=3)
    drawn = {key for seed in range(40) for part in task.train(seed) for key in ids(part)}
    assert len(drawn) == 30


def test_the_content_hash_changes_with_anything_that_is_measured_on():
    data = classify_data(train=6, test=6)
    item = data.items["test-0"].copy()
    item[0, 0] += 1
    relabelled = (dataclasses.replace(data.test[0], label=2), *data.test[1:])
    clustered = (dataclasses.replace(data.test[0], cluster="k"), *data.test[1:])
    grouped = (dataclasses.replace(data.test[0], group="matched"), *data.test[1:])
    changed = [
        dataclasses.replace(data, items={**data.items, "test-0": item}),
        dataclasses.replace(data, test=relabelled),
        dataclasses.replace(data, test=clustered),
        dataclasses.replace(data, test=grouped),
        dataclasses.replace(data, test=data.test[1:]),
        dataclasses.replace(data, train=data.train[1:]),
    ]
    assert len({data.content_hash(), *(c.content_hash() for c in changed)}) == 7
    assert classify_data(train=6, test=6).content_hash() == data.content_hash()
    reordered = dict(reversed(data.items.items()))
    assert dataclasses.replace(data, items=reordered).content_hash() == data.content_hash()
    assert not np.array_equal(item, data.items["test-0"])


def test_pairs_of_texts_are_hashed_by_what_stands_in_which_of_the_two():
    pairs = [("ab", "c"), ("a", "bc"), ("c", "ab"), ("ab", "c\0"), ("", "abc"), ("1:a", "c"), ("ab\ud800", "c")]
    data = [TaskData({"q": pair}, (), (Example("q", ("q",), (Answer(0, 1, pair[1][:1]),)),)) for pair in pairs]
    assert len({d.content_hash() for d in data}) == len(pairs)
    assert TaskData({"q": "abc"}, (), ()).content_hash() != TaskData({"q": ("abc",)}, (), ()).content_hash()


def test_audio_that_differs_in_the_last_bit_of_16_has_another_hash():
    silence = np.zeros(1600, np.float32)
    waveforms = [silence, silence + np.float32(0.007), silence + np.float32(1 / 32768), silence[:-1]]
    waveforms += [np.where(np.arange(1600) == n, np.float32(1 / 32768), silence) for n in (0, 1599)]
    assert len({TaskData({"a": waveform}, (), ()).content_hash() for waveform in waveforms}) == len(waveforms)


def test_half_a_surrogate_pair_in_an_answer_is_hashed_too():
    data = TaskData({"q": ("a", "\ud800")}, (), (Example("q", ("q",), (Answer(0, 1, "\ud800"),)),))
    assert len(data.content_hash()) == 64


def test_a_language_is_a_code():
    assert toy_task(classify_data(), language="zh").language == "zh"
    for wrong in ("Chinese", "EN", "z", "zh "):
        with pytest.raises(SuperbLiteError, match=f"code of ISO 639, such as 'en', not '{wrong}'"):
            toy_task(classify_data(), language=wrong)


def test_a_task_belongs_to_the_set_of_its_name():
    task = toy_task(classify_data())
    assert TaskSet("toy", (task,)).matching("toy/cl*") == (task,)
    assert TaskSet("toy", (task,)).matching("toy") == (task,)
    assert TaskSet("toy", (task,)).matching("to") == ()
    with pytest.raises(SuperbLiteError, match="name it 'other/"):
        TaskSet("other", (task,))


class CountedItems(dict):
    """Items that count how often they are read."""

    reads = 0

    def __getitem__(self, key):
        self.reads += 1
        return super().__getitem__(key)


def test_items_are_hashed_once_however_often_the_hash_is_asked_for():
    data = classify_data(train=9)
    counted = CountedItems(data.items)
    again = dataclasses.replace(data, items=counted)
    assert again.content_hash() == again.content_hash() == data.content_hash()
    assert counted.reads == len(counted)
    changed = {**data.items, "new": np.zeros((1, 3), np.float32)}
    assert dataclasses.replace(data, items=changed).content_hash() != data.content_hash()


def test_hashing_holds_one_item_at_a_time():
    """A release on disk is read item by item, and need not fit in memory."""

    class Released(dict):
        alive = most = 0

        def __getitem__(self, key):
            item = np.zeros(4)
            Released.alive += 1
            Released.most = max(Released.most, Released.alive)
            weakref.finalize(item, self.forget)
            return item

        @staticmethod
        def forget():
            Released.alive -= 1

    data = TaskData(Released({str(n): None for n in range(50)}), (), ())
    assert len(data.content_hash()) == 64
    assert Released.most <= 2


def test_data_that_is_let_go_is_freed_and_loaded_again():
    task = dataclasses.replace(toy_task(classify_data()), load=lambda root: classify_data())
    kept = weakref.ref(task.data())
    assert kept() is task.data()
    forget_data()
    gc.collect()
    assert kept() is None
    assert task.data().content_hash() == classify_data().content_hash()
