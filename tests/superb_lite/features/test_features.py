import shutil

import numpy as np
import pytest
import torch

from superb_lite.encoders.encoder import Features
from superb_lite.encoders.majority import MajorityEncoder
from superb_lite.errors import SuperbLiteError
from superb_lite.features.store import INDEX, FeatureStore, Wanted
from superb_lite.forms import View
from tests.superb_lite.toy_tasks import ToyEncoder, table_of


@pytest.fixture
def items():
    rng = np.random.default_rng(0)
    return {f"i{n}": rng.standard_normal((1 + n % 5, 3)).astype(np.float32) for n in range(11)}


def wanted(items, view=View("mean")):  # noqa: B008
    return {key: Wanted(items, key, view) for key in items}


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
        f"{view.kind} {key}": Wanted(twins, key, view) for view in (View("mean"), View("positions")) for key in twins
    }
    store.table(wanted(twins))
    assert store.forward_items == 11
    store.fetch(both)  # only positions are missing
    assert store.forward_items == 22
    fresh = FeatureStore(ToyEncoder(), None)
    fresh.fetch(both)
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


def damage_bytes(part):
    file = part / "layer1.bin"
    content = bytearray(file.read_bytes())
    content[5] ^= 1
    file.write_bytes(content)


def cut_file(part):
    (part / "layer0.bin").write_bytes((part / "layer0.bin").read_bytes()[:-4])


def damage_index(part):
    (part / INDEX).write_text('{"widths": [3', encoding="utf-8")


@pytest.mark.parametrize("damage", [damage_bytes, cut_file, damage_index, lambda part: (part / INDEX).unlink()])
def test_damaged_entries_are_found_and_made_again(damage, items, tmp_path):
    expected = FeatureStore(ToyEncoder(), tmp_path).table(wanted(items)).stack(list(items), 1)
    (part,) = tmp_path.glob("*/part-*")
    damage(part)
    store = FeatureStore(ToyEncoder(), tmp_path)
    assert torch.equal(store.table(wanted(items)).stack(list(items), 1), expected)
    assert store.forward_items == 11


def test_an_interrupted_pass_keeps_whole_parts_only(items, tmp_path, monkeypatch):
    monkeypatch.setattr("superb_lite.features.store.PART_ITEMS", 4)
    store = FeatureStore(ToyEncoder(), tmp_path, batch_size=2)

    def interrupt(done, total):
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.fetch(wanted(items), interrupt)
    assert not list(tmp_path.glob("*/.writing-*"))
    again = FeatureStore(ToyEncoder(), tmp_path)
    again.table(wanted(items))
    assert again.forward_items == 7


def test_temporary_features_vanish_with_their_store(items):
    store = FeatureStore(ToyEncoder(), None)
    store.fetch(wanted(items))
    directory = store.directory
    assert directory.exists()
    del store
    assert not directory.exists()


def test_a_full_disk_is_one_line(items, tmp_path, monkeypatch):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    store = FeatureStore(ToyEncoder(), tmp_path)
    monkeypatch.setattr("superb_lite.features.store.os.replace", full)
    with pytest.raises(SuperbLiteError, match=r"cannot write features to .*No space left"):
        store.fetch(wanted(items))
    monkeypatch.undo()
    shutil.rmtree(tmp_path)


def test_features_that_are_not_finite_name_the_item(items):
    items["i6"][1, 1] = np.nan
    with pytest.raises(SuperbLiteError, match="not finite for item 'i6'"):
        table_of(ToyEncoder(), items)


def test_an_item_without_a_position_is_named(items):
    items["i2"] = items["i2"][:0]
    with pytest.raises(SuperbLiteError, match="no position covers item 'i2'"):
        table_of(ToyEncoder(), items)


class Boxes(ToyEncoder):
    def forward(self, batch):
        found = super().forward(batch)
        return Features(found.layers, found.mask, found.item, spans=None)


def test_sequences_need_spans(items):
    with pytest.raises(SuperbLiteError, match="no one-dimensional spans"):
        table_of(Boxes(), items, view=View("positions"))


def test_progress_reaches_the_end(items):
    seen = []
    FeatureStore(ToyEncoder(), None, batch_size=4).fetch(wanted(items), lambda done, total: seen.append((done, total)))
    assert seen == [(4, 11), (8, 11), (11, 11)]


def test_what_half_precision_cannot_hold_is_kept_as_large_as_it_can_be(items):
    items["i1"][0, 0] = 1e6
    assert float(table_of(ToyEncoder(), items, view=View("positions")).item("i1").layers[0].max()) == 65504.0


def test_the_majority_feature_is_constant_for_items_and_units_of_any_kind():
    items = {"a": "text", "b": np.zeros(10**6)}
    table = table_of(MajorityEncoder(), items, units={"a": ((0, 2),), "b": ((0, 9), (9, 10**6))})
    assert torch.equal(table.stack(["a", "b"], 0), torch.ones(3, 1))
