import numpy as np
import pytest
import torch

from superb_lite.features import design_matrix as module
from superb_lite.features.design_matrix import Rows
from superb_lite.features.store import FeatureStore, ItemView
from superb_lite.forms import View
from tests.superb_lite.toy_tasks import ToyEncoder, table_of


@pytest.fixture
def items():
    rng = np.random.default_rng(0)
    return {f"i{n}": rng.standard_normal((1 + n % 5, 3)).astype(np.float32) for n in range(11)}


@pytest.mark.parametrize("budget", [0, 2**20])
def test_units_are_rows_in_memory_and_on_disk(items, budget, monkeypatch):
    monkeypatch.setattr(module, "FEATURE_BUDGET", budget)
    units = {key: [(2 * t, 2 * t + 2) for t in range(len(item))] for key, item in items.items()}
    table = table_of(ToyEncoder(), items, units=units)
    rows = Rows(table, {f"e-{key}": (key,) for key in items}, [0, 1])
    assert len(rows) == sum(len(item) for item in items.values())
    found = rows.take(rows.of(["e-i3", "e-i0"]))
    expected = np.concatenate([items["i3"], items["i0"]])
    assert found.shape == (len(expected), 2, 3)
    for layer in range(2):
        assert found[:, layer].numpy() == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize("budget", [0, 2**20])
def test_a_pair_is_one_row_made_of_both_standardised(items, budget, monkeypatch):
    """With the statistics of the items of the labelled pairs, each as often as it is in one."""
    monkeypatch.setattr(module, "FEATURE_BUDGET", budget)
    monkeypatch.setattr(module, "CHUNK", 2)
    keys = {"a": ("i1", "i2"), "b": ("i2", "i1"), "c": ("i2", "i3"), "test": ("i4", "i5")}
    rows = Rows(table_of(ToyEncoder(), items), keys, [0], ["a", "b", "c"])
    mean = {key: item.mean(axis=0).astype(np.float64) for key, item in items.items()}
    known = np.stack([mean[key] for pair in ("a", "b", "c") for key in keys[pair]])
    for pair, (first, second) in keys.items():
        u, v = ((mean[key] - known.mean(axis=0)) / known.std(axis=0) for key in (first, second))
        expected = np.concatenate([abs(u - v), u * v])
        assert rows.take(rows.of([pair]))[0, 0].numpy() == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_a_feature_that_never_varies_stays_small_in_pairs(items):
    constant = {key: np.full_like(item, 1000.1) for key, item in items.items()}
    rows = Rows(table_of(ToyEncoder(), constant), {"a": ("i1", "i2"), "b": ("i2", "i3")}, [0], ["a", "b"])
    assert rows.take(rows.of(["a", "b"])).abs().max() < 1e-2


def test_parts_written_at_different_times_are_one_matrix(items):
    store = FeatureStore(ToyEncoder(), None)
    store.fetch(ItemView(items, key, View("mean")) for key in list(items)[:5])
    table = store.table({key: ItemView(items, key, View("mean")) for key in items})
    rows = Rows(table, {key: (key,) for key in reversed(items)}, [0])
    expected = np.stack([items[key].mean(axis=0) for key in reversed(items)])
    assert rows.take(torch.arange(11))[:, 0].numpy() == pytest.approx(expected, abs=1e-6)
