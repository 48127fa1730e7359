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
def test_a_pair_is_one_row_made_of_both(items, budget, monkeypatch):
    monkeypatch.setattr(module, "FEATURE_BUDGET", budget)
    table = table_of(ToyEncoder(), items)
    rows = Rows(table, {"a": ("i1", "i2"), "b": ("i2", "i1")}, [0])
    u, v = (torch.from_numpy(items[key].mean(axis=0)) for key in ("i1", "i2"))
    torch.testing.assert_close(rows.take(rows.of(["a"]))[0, 0], torch.cat([u, v, (u - v).abs(), u * v]))
    torch.testing.assert_close(rows.take(rows.of(["b"]))[0, 0], torch.cat([v, u, (u - v).abs(), u * v]))


def test_parts_written_at_different_times_are_one_matrix(items):
    store = FeatureStore(ToyEncoder(), None)
    store.fetch({key: ItemView(items, key, View("mean")) for key in list(items)[:5]})
    table = store.table({key: ItemView(items, key, View("mean")) for key in items})
    rows = Rows(table, {key: (key,) for key in reversed(items)}, [0])
    expected = np.stack([items[key].mean(axis=0) for key in reversed(items)])
    assert rows.take(torch.arange(11))[:, 0].numpy() == pytest.approx(expected, abs=1e-6)
