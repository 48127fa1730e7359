"""Rows are found in many parts as one finds them by walking through all entries."""

import numpy as np
import pytest
import torch

from superb_lite.features.parts import PartWriter, open_part
from superb_lite.features.table import FeatureTable, Shelf, grouped, spread

COUNTS = [(2, 3), (0, 1), (1, 1), (4, 2), (1, 1), (3, 3), (2, 2)]
"""The rows of each entry in both layers."""


@pytest.fixture
def kept(tmp_path):
    """A table of seven entries in three parts, and the rows of each."""
    rng = np.random.default_rng(0)
    rows = {
        f"e{n}": [torch.from_numpy(rng.standard_normal((count, 2 + layer))).float() for layer, count in enumerate(of)]
        for n, of in enumerate(COUNTS)
    }
    shelf, numbers = Shelf(), {}
    for number, names in enumerate((["e0", "e1", "e2"], ["e4", "e5", "e6"], ["e3"])):
        folder = tmp_path / str(number)
        folder.mkdir()
        writer = PartWriter(folder, "<f4")
        for name in names:
            writer.add(name, rows[name], None)
        writer.finish()
        part, entries = open_part(next(folder.iterdir()))
        assert entries == names
        numbers.update(zip(entries, shelf.add(part), strict=True))
    return FeatureTable(numbers, shelf, None), rows


@pytest.mark.parametrize("layer", [0, 1])
def test_rows_of_any_keys_in_any_order(kept, layer):
    table, rows = kept
    keys = ["e3", "e0", "e6", "e1", "e0", "e5", "e2", "e4"]
    assert table.counts(keys, layer).tolist() == [len(rows[key][layer]) for key in keys]
    assert [table.count(key, layer) for key in keys] == [len(rows[key][layer]) for key in keys]
    assert torch.equal(table.stack(keys, layer), torch.cat([rows[key][layer] for key in keys]))
    assert table.stack([], layer).shape == (0, 2 + layer)


def test_what_layers_share_is_held_once(kept, tmp_path):
    _, rows = kept
    writer = PartWriter(tmp_path, "<f4")
    writer.add("e2", rows["e2"], None)
    writer.add("e5", rows["e5"], None)
    writer.finish()
    part, _ = open_part(next(tmp_path.glob("part-*")))
    assert part.ranges.strides[1] == 0
    assert part.ranges.tolist() == [[[0, 1], [0, 1]], [[1, 4], [1, 4]]]


def test_groups_and_ranges_against_loops():
    rng = np.random.default_rng(0)
    places = rng.integers(0, 5, 40)
    assert {n: mine.tolist() for n, mine in grouped(places)} == {
        n: np.flatnonzero(places == n).tolist() for n in sorted(set(places.tolist()))
    }
    firsts, counts = rng.integers(0, 100, 9), rng.integers(0, 4, 9)
    expected = [first + i for first, count in zip(firsts, counts, strict=True) for i in range(count)]
    assert spread(firsts, counts).tolist() == expected
