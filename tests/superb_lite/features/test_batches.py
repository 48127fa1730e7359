"""Collating ahead of the forward pass: the same results in the same order, and no thread left behind."""

import threading
import time

import numpy as np
import pytest
import torch

from superb_lite.encoders.foreign import FunctionEncoder
from superb_lite.errors import SuperbLiteError
from superb_lite.features.batches import ahead
from superb_lite.features.store import FeatureStore, ItemView
from superb_lite.forms import View
from tests.superb_lite.toy_tasks import ToyEncoder


@pytest.fixture(autouse=True)
def no_thread_is_left():
    before = threading.active_count()
    yield
    assert threading.active_count() == before


@pytest.fixture
def items():
    rng = np.random.default_rng(0)
    return {f"i{n}": rng.standard_normal((1 + n % 5, 3)).astype(np.float32) for n in range(50)}


def views(items, kind="mean"):
    return {key: ItemView(items, key, View(kind)) for key in items}


@pytest.mark.parametrize("depth", [1, 2, 50])
def test_results_are_in_order(depth):
    assert list(ahead(lambda x: x * x, range(30), depth=depth)) == [x * x for x in range(30)]
    assert list(ahead(str, [], depth=depth)) == []
    assert list(ahead(lambda x: None, range(3), depth=depth)) == [None] * 3


def test_no_more_lie_ready_than_are_asked_for():
    made = []
    results = ahead(made.append, range(30), depth=2)
    next(results)
    time.sleep(0.2)
    assert len(made) == 4  # one is used, two lie ready, and one waits for a place
    results.close()


def test_an_error_comes_after_what_was_made_before_it():
    def inverse(x):
        return 1 / x

    results = ahead(inverse, [2, 1, 0, 3])
    assert [next(results), next(results)] == [0.5, 1.0]
    with pytest.raises(ZeroDivisionError):
        next(results)

    def inputs():
        yield 1
        raise OSError("unreadable")

    with pytest.raises(OSError, match="unreadable"):
        list(ahead(inverse, inputs()))


def test_gradients_are_off_in_the_thread():
    weight = torch.ones(1, requires_grad=True)
    assert [x.requires_grad for x in ahead(lambda x: x * weight, [1, 2])] == [False, False]


@pytest.mark.parametrize("kind", ["mean", "positions"])
def test_features_are_the_same_to_the_last_bit(items, kind):
    with_thread, without = (FeatureStore(ToyEncoder(), None, batch_size=4, overlap=o) for o in (True, False))
    one, two = (store.table(views(items, kind)) for store in (with_thread, without))
    for layer in range(2):
        assert torch.equal(one.stack(list(items), layer), two.stack(list(items), layer))
    assert with_thread.forward_items == len(items)


class Slow(ToyEncoder):
    """Takes time without taking a core, as a device of its own does."""

    def collate(self, items):
        time.sleep(0.03)
        return super().collate(items)

    def forward(self, batch):
        time.sleep(0.03)
        return super().forward(batch)


def test_collating_and_the_forward_pass_overlap(items):
    seconds = []
    for overlap in (True, False):
        store = FeatureStore(Slow(), None, batch_size=5, overlap=overlap)
        store.fetch(views(items).values())
        seconds.append(store.seconds)
    assert seconds[0] < 0.8 * seconds[1]


class SaysCuda(ToyEncoder):
    device = torch.device("cuda", 0)


def test_on_the_cpu_nothing_overlaps_unless_it_is_asked_for():
    assert not FeatureStore(ToyEncoder(), None).overlap
    assert FeatureStore(ToyEncoder(), None, overlap=True).overlap
    assert FeatureStore(SaysCuda(), None).overlap


class Unreadable(ToyEncoder):
    def collate(self, items):
        if any(len(item) == 4 and item[0, 0] > 0 for item in items):
            raise RuntimeError("too\nlong")
        return super().collate(items)


@pytest.mark.parametrize("overlap", [True, False])
def test_what_collate_raises_is_one_line_that_names_encoder_and_item(items, overlap):
    bad = next(key for key, item in items.items() if len(item) == 4 and item[0, 0] > 0)
    order = sorted(items, key=lambda key: (len(items[key]), key))
    first = next(key for key in order if len(items[key]) == 4 and items[key][0, 0] > 0)
    assert bad in items
    store = FeatureStore(Unreadable(), None, name="mine", batch_size=4, overlap=overlap)
    with pytest.raises(SuperbLiteError) as caught:
        store.fetch(views(items).values())
    assert str(caught.value).startswith(f"encoder mine: collate failed for item '{first}': RuntimeError: too")
    assert "\n" not in str(caught.value)


class BrokenFiles(dict):
    def __getitem__(self, key):
        if key == "i7" and threading.current_thread() is not threading.main_thread():
            raise OSError("truncated file")
        return super().__getitem__(key)


def test_an_item_that_cannot_be_read_is_named(items):
    store = FeatureStore(ToyEncoder(), None, batch_size=4, overlap=True)
    store._raw._budget = store._raw._room = 0
    with pytest.raises(SuperbLiteError, match="item 'i7' cannot be read: OSError: truncated file"):
        store.fetch(views(BrokenFiles(items)).values())


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interruption_ends_the_thread(items, error):
    def interrupt(done, total):
        raise error

    store = FeatureStore(Slow(), None, batch_size=4, overlap=True)
    started = time.perf_counter()
    with pytest.raises(error):
        store.fetch(views(items).values(), interrupt)
    assert time.perf_counter() - started < 2


def test_a_function_of_a_person_is_called_in_the_main_thread(items):
    threads = set()

    def mean(items):
        threads.add(threading.current_thread())
        return np.stack([item.mean(axis=0) for item in items])

    FeatureStore(FunctionEncoder(mean, "py:a:b"), None, batch_size=4, overlap=True).fetch(views(items).values())
    assert threads == {threading.main_thread()}


def test_a_batch_holds_at_least_one_item():
    with pytest.raises(SuperbLiteError, match="--batch-size 0: at least 1 item"):
        FeatureStore(ToyEncoder(), None, batch_size=0)
