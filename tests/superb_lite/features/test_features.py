import dataclasses
import importlib
import sys

import numpy as np
import pytest
import torch

from superb_lite import machine
from superb_lite.encoders.majority import MajorityEncoder
from superb_lite.errors import SuperbLiteError
from superb_lite.features.store import FeatureStore, ItemView
from superb_lite.forms import View
from tests.superb_lite.toy_tasks import ToyEncoder, table_of


@pytest.fixture
def items():
    rng = np.random.default_rng(0)
    return {f"i{n}": rng.standard_normal((1 + n % 5, 3)).astype(np.float32) for n in range(11)}


def wanted(items, view=View("mean")):  # noqa: B008
    return {key: ItemView(items, key, view) for key in items}


def test_rows_are_in_the_order_of_the_keys_whatever_the_batches(items):
    expected = np.stack([item.mean(axis=0) for item in items.values()])
    for size in (1, 3, 100):
        table = table_of(ToyEncoder(), items, batch_size=size)
        assert table.stack(list(items), 0).numpy() == pytest.approx(expected, abs=1e-6)
        assert table.stack(["i3", "i0"], 0).numpy() == pytest.approx(expected[[3, 0]], abs=1e-6)


def test_units_have_one_row_each(items):
    units = {key: tuple((2 * t, 2 * t + 2) for t in range(len(item))) for key, item in items.items()}
    table = table_of(ToyEncoder(), items, units=units, batch_size=4)
    for key, item in items.items():
        assert table.count(key) == len(item)
        assert table.stack([key], 1).numpy() == pytest.approx(item, abs=2e-3)  # half precision
        assert table.item(key).spans[0].tolist() == [list(unit) for unit in units[key]]


def test_positions_keep_spans_and_leave_padding_out(items):
    table = table_of(ToyEncoder(), items, view=View("positions"), batch_size=4)
    for key, item in items.items():
        found = table.item(key)
        assert found.layers[0].numpy() == pytest.approx(item, abs=2e-3)
        assert found.spans[0].tolist() == [[2 * t, 2 * t + 2] for t in range(len(item))]
        assert found.segment[0].tolist() == found.window[0].tolist() == [0] * len(item)


def test_a_grid_is_one_row_of_four_means_in_full_precision():
    rng = np.random.default_rng(1)
    items = {f"i{n}": rng.standard_normal((16, 3)).astype(np.float32) for n in range(5)}
    table = table_of(ToyEncoder(), items, view=View("grid"), batch_size=2)
    assert table.widths[0] == 4 * 3
    for key, item in items.items():
        assert table.count(key) == 1
        quarters = item.reshape(2, 2, 2, 2, 3).mean(axis=(1, 3))  # rows, columns, features
        assert table.stack([key], 0)[0].numpy() == pytest.approx(quarters.transpose(2, 0, 1).ravel(), abs=1e-6)


def test_a_grid_of_positions_that_are_no_map_is_refused_by_name(items):
    with pytest.raises(SuperbLiteError, match=r"encoder ToyEncoder: the positions of an item are not a square map"):
        table_of(ToyEncoder(), items, view=View("grid"))


class Windows(ToyEncoder):
    """Every item in two rows: its first half and its second half."""

    def collate(self, items):
        halves = [half for item in items for half in (item[: len(item) // 2 + 1], item[len(item) // 2 :])]
        return {**super().collate(halves), "item": torch.arange(len(items)).repeat_interleave(2)}


def test_windows_are_counted_within_their_item(items):
    table = table_of(Windows(), items, view=View("positions"), batch_size=4)
    for key, item in items.items():
        first, second = item[: len(item) // 2 + 1], item[len(item) // 2 :]
        found = table.item(key)
        assert found.window[0].tolist() == [0] * len(first) + [1] * len(second)
        assert found.layers[0].numpy() == pytest.approx(np.concatenate([first, second]), abs=2e-3)


def test_each_distinct_item_is_encoded_once_for_all_views(items):
    store = FeatureStore(ToyEncoder(), None)
    twins = {**items, "same as i4": items["i4"].copy()}
    both = {
        f"{view.kind} {key}": ItemView(twins, key, view) for view in (View("mean"), View("positions")) for key in twins
    }
    store.table(wanted(twins))
    assert store.forward_items == 11
    store.fetch(both.values())  # only positions are missing
    assert store.forward_items == 22
    fresh = FeatureStore(ToyEncoder(), None)
    fresh.fetch(both.values())
    assert fresh.forward_items == 11
    fresh.table(wanted(items, View("positions")))
    assert fresh.forward_items == 11


def test_another_store_reads_what_the_first_one_wrote(items, tmp_path):
    first = FeatureStore(ToyEncoder(), tmp_path)
    written = first.table(wanted(items)).stack(list(items), 1)
    second = FeatureStore(ToyEncoder(), tmp_path)
    assert torch.equal(second.table(wanted(items)).stack(list(items), 1), written)
    assert second.forward_items == 0
    other = ToyEncoder()
    with torch.no_grad():
        other.map.bias += 1
    third = FeatureStore(other, tmp_path)
    third.table(wanted(items))
    assert third.forward_items == 11


def test_an_interrupted_pass_keeps_whole_parts_only(items, tmp_path, monkeypatch):
    monkeypatch.setattr("superb_lite.features.store.PART_ITEMS", 4)
    store = FeatureStore(ToyEncoder(), tmp_path, batch_size=2)

    def interrupt(done, total):
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.fetch(wanted(items).values(), interrupt)
    assert not list(tmp_path.glob("*/.writing-*"))
    again = FeatureStore(ToyEncoder(), tmp_path)
    again.table(wanted(items))
    assert again.forward_items == 7


def test_temporary_features_vanish_with_their_store(items):
    store = FeatureStore(ToyEncoder(), None)
    store.fetch(wanted(items).values())
    directory = store.directory
    assert directory.exists()
    del store
    assert not directory.exists()


def test_features_that_are_not_finite_name_the_item(items):
    items["i6"][1, 1] = np.nan
    with pytest.raises(SuperbLiteError, match="not finite for item 'i6'"):
        table_of(ToyEncoder(), items)


def test_an_item_without_a_position_is_named(items):
    items["i2"] = items["i2"][:0]
    with pytest.raises(SuperbLiteError, match="no position covers item 'i2'"):
        table_of(ToyEncoder(), items)


class WithoutSpans(ToyEncoder):
    def forward(self, batch):
        return dataclasses.replace(super().forward(batch), spans=None)


def test_sequences_need_spans(items):
    with pytest.raises(SuperbLiteError, match="no spans"):
        table_of(WithoutSpans(), items, view=View("positions"))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64])
def test_features_of_any_float_type_become_float32(items, dtype):
    expected = table_of(ToyEncoder(), items).stack(list(items), 1)
    encoder = LowPrecision().to(dtype)
    for view in (View("mean"), View("positions"), View("units", ((0, 2),))):
        found = table_of(encoder, items, view=view)
        assert found.stack(list(items), 1).dtype == torch.float32
    torch.testing.assert_close(table_of(encoder, items).stack(list(items), 1), expected, atol=2e-2, rtol=2e-2)


class LowPrecision(ToyEncoder):
    def collate(self, items):
        batch = super().collate(items)
        return {**batch, "x": batch["x"].to(self.map.weight.dtype)}


class OnAnotherDevice(ToyEncoder):
    """On the CPU, while it says otherwise, as an encoder on a GPU would."""

    device = torch.device("cpu")


def test_each_kind_of_device_and_each_dtype_has_a_folder_of_its_own(items, tmp_path, monkeypatch):
    stores = [FeatureStore(OnAnotherDevice(), tmp_path)]
    monkeypatch.setattr(OnAnotherDevice, "device", torch.device("cuda", 0))
    stores.append(FeatureStore(OnAnotherDevice(), tmp_path))
    monkeypatch.setattr(OnAnotherDevice, "device", torch.device("cuda", 1))
    stores.append(FeatureStore(OnAnotherDevice(), tmp_path))
    monkeypatch.setattr(OnAnotherDevice, "device", torch.device("cpu"))
    stores += [FeatureStore(OnAnotherDevice().to(dtype), tmp_path) for dtype in (torch.float32, torch.float64)]
    cpu, first_gpu, second_gpu, cpu_again, double = (store.directory for store in stores)
    assert cpu == cpu_again
    assert first_gpu == second_gpu
    assert len({cpu, first_gpu, double}) == 3
    for store in (stores[0], stores[1]):
        store.fetch(wanted(items).values())
        assert store.forward_items == len(items)


PLUGIN = """
from tests.superb_lite.toy_tasks import ToyEncoder
from toy_plugin.front_end import SCALE

class PluginEncoder(ToyEncoder):
    def collate(self, items):
        return super().collate([SCALE * item for item in items])
"""


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """A package with an encoder and a front end; returns what writes its front end and loads the encoder afresh."""
    folder = tmp_path / "plugin" / "toy_plugin"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("", encoding="utf-8")
    (folder / "encoder.py").write_text(PLUGIN, encoding="utf-8")
    monkeypatch.syspath_prepend(folder.parent)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def load(front_end):
        (folder / "front_end.py").write_text(front_end, encoding="utf-8")
        for name in [name for name in sys.modules if name.startswith("toy_plugin")]:
            del sys.modules[name]
        importlib.invalidate_caches()
        machine._package_sha256.cache_clear()
        return importlib.import_module("toy_plugin.encoder").PluginEncoder()

    yield load
    load("SCALE = 1")
    for name in [name for name in sys.modules if name.startswith("toy_plugin")]:
        del sys.modules[name]
    machine._package_sha256.cache_clear()


def test_an_edited_front_end_of_a_plugin_makes_features_anew(items, tmp_path, plugin):
    first = FeatureStore(plugin("SCALE = 1"), tmp_path)
    first.fetch(wanted(items).values())
    same = FeatureStore(plugin("SCALE = 1"), tmp_path)
    same.fetch(wanted(items).values())
    assert same.forward_items == 0
    edited = FeatureStore(plugin("SCALE = 2"), tmp_path)
    found = edited.table(wanted(items)).stack(list(items), 0)
    assert edited.forward_items == len(items)
    torch.testing.assert_close(found, 2 * first.table(wanted(items)).stack(list(items), 0))


def test_an_edited_file_of_the_engine_makes_features_anew(items, tmp_path, monkeypatch):
    """Such as pooling.py, as a package that was read again would have it."""
    before = FeatureStore(ToyEncoder(), tmp_path).directory
    real = machine._package_sha256
    monkeypatch.setattr(machine, "_package_sha256", lambda p: "edited" if p == "superb_lite" else real(p))
    assert FeatureStore(ToyEncoder(), tmp_path).directory != before


def test_progress_reaches_the_end(items):
    seen = []
    store = FeatureStore(ToyEncoder(), None, batch_size=4)
    store.fetch(wanted(items).values(), lambda done, total: seen.append((done, total)))
    assert seen == [(4, 11), (8, 11), (11, 11)]


def test_what_half_precision_cannot_hold_is_kept_as_large_as_it_can_be(items):
    items["i1"][0, 0] = 1e6
    assert float(table_of(ToyEncoder(), items, view=View("positions")).item("i1").layers[0].max()) == 65504.0


def test_the_majority_feature_is_constant_for_items_and_units_of_any_kind():
    items = {"a": "text", "b": np.zeros(10**6)}
    table = table_of(MajorityEncoder(), items, units={"a": ((0, 2),), "b": ((0, 9), (9, 10**6))})
    assert torch.equal(table.stack(["a", "b"], 0), torch.ones(3, 1))
