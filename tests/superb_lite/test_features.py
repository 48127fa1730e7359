import numpy as np
import pytest
import torch
from toy_tasks import ToyEncoder

from superb_lite.errors import SuperbLiteError
from superb_lite.features import extract
from superb_lite.majority import MajorityEncoder


@pytest.fixture
def items():
    rng = np.random.default_rng(0)
    return {f"i{n}": rng.standard_normal((1 + n % 5, 3)).astype(np.float32) for n in range(11)}


def test_rows_are_in_the_order_of_the_items_whatever_the_batches(items):
    tables = [extract(ToyEncoder(), items, batch_size=size) for size in (1, 3, 100)]
    for table in tables:
        expected = np.stack([item.mean(axis=0) for item in items.values()])
        assert table.layers[0].numpy() == pytest.approx(expected, abs=1e-6)
        assert table.row_indices(["i3", "i0"]).tolist() == [3, 0]


def test_units_have_one_row_each(items):
    units = {key: [(2 * t, 2 * t + 2) for t in range(len(item))] for key, item in items.items()}
    table = extract(ToyEncoder(), items, units=units, batch_size=4)
    for key, item in items.items():
        assert table.layers[1][table.row_indices([key])].numpy() == pytest.approx(item, abs=1e-6)


def test_features_that_are_not_finite_name_the_item(items):
    items["i6"][1, 1] = np.nan
    with pytest.raises(SuperbLiteError, match="not finite for item 'i6'"):
        extract(ToyEncoder(), items)


def test_an_item_without_a_position_is_named(items):
    items["i2"] = items["i2"][:0]
    with pytest.raises(SuperbLiteError, match="no position covers item 'i2'"):
        extract(ToyEncoder(), items)


def test_progress_reaches_the_end(items):
    seen = []
    extract(ToyEncoder(), items, batch_size=4, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(4, 11), (8, 11), (11, 11)]


def test_the_majority_feature_is_constant_for_items_and_units_of_any_kind():
    table = extract(
        MajorityEncoder(), {"a": "text", "b": np.zeros(10**6)}, units={"a": [(0, 2)], "b": [(0, 9), (9, 10**6)]}
    )
    assert torch.equal(table.layers[0], torch.ones(3, 1))
