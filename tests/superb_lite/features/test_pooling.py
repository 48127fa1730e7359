import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from superb_lite.encoders.encoder import Features
from superb_lite.features.pooling import overlap_weights, pool_box, pool_grid, pool_items, pool_summary, pool_units


@st.composite
def stretches(draw, *, longest=6):
    start = draw(st.integers(0, 20))
    return start, start + draw(st.integers(1, longest))


def slow_weights(unit, spans):
    """Give every single character of the unit to each position that covers it."""
    share = np.zeros(len(spans))
    for character in range(*unit):
        for position, (start, end) in enumerate(spans):
            share[position] += start <= character < end
    if share.any():
        return share / share.sum()
    middle = [abs((start + end) / 2 - sum(unit) / 2) for start, end in spans]
    share[middle.index(min(middle))] = 1
    return share


@settings(max_examples=200)
@given(st.lists(stretches(), min_size=1, max_size=4), st.lists(stretches(), min_size=1, max_size=8))
def test_overlap_weights_count_single_characters(units, spans):
    found = overlap_weights(torch.tensor(units), torch.tensor(spans))
    expected = np.stack([slow_weights(unit, spans) for unit in units])
    assert found.numpy() == pytest.approx(expected, abs=1e-6)


def test_a_unit_that_nothing_covers_takes_the_nearest_position():
    spans = torch.tensor([[0, 10], [30, 40], [100, 110]])
    assert overlap_weights(torch.tensor([[50, 52]]), spans).tolist() == [[0.0, 1.0, 0.0]]


def features(**changes):
    """Three rows of four positions; items 0 and 1, the latter in two rows. The last row ends in padding."""
    x = torch.arange(24, dtype=torch.float32).reshape(3, 4, 2)
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 1], [1, 0, 0, 0]], dtype=torch.bool)
    position = torch.arange(4)
    row = torch.stack([position, position + 1], dim=1)
    spans = torch.stack([row, row, row + 4])
    spans[2, 1:] = 0
    values = {"layers": (x, 10 * x), "mask": mask, "item": torch.tensor([0, 1, 1]), "spans": spans}
    return Features(**{**values, **changes})


def test_an_item_is_the_mean_of_the_positions_of_all_its_rows():
    first, second = pool_items(features(), 2)
    x = features().layers[0]
    assert first[0].tolist() == x[0].mean(dim=0).tolist()
    assert first[1].tolist() == torch.cat([x[1], x[2, :1]]).mean(dim=0).tolist()
    assert second.tolist() == (10 * first).tolist()


def test_padding_is_ignored_by_items_and_units():
    spoilt, clean = features(), features()
    for layer in spoilt.layers:
        layer[2, 1:] = 1e6
    assert torch.equal(pool_items(spoilt, 2)[0], pool_items(clean, 2)[0])
    units = [torch.tensor([[0, 1]]), torch.tensor([[0, 2], [3, 5]])]
    for a, b in zip(pool_units(spoilt, units)[0], pool_units(clean, units)[0], strict=True):
        assert torch.equal(a, b)


def test_units_are_pooled_over_the_rows_of_their_item():
    x = features().layers[0]
    units = [torch.tensor([[0, 2], [3, 4]]), torch.tensor([[3, 5], [4, 5]])]
    (first, second), _ = pool_units(features(), units)
    assert first.tolist() == [x[0, :2].mean(dim=0).tolist(), x[0, 3].tolist()]
    assert second.tolist() == [((x[1, 3] + x[2, 0]) / 2).tolist(), x[2, 0].tolist()]


def test_layers_may_differ_in_their_positions():
    two = features()
    coarse = two.layers[0].reshape(3, 2, 2, 2).mean(dim=2)
    mask = (two.layer_mask(0), torch.ones(3, 2, dtype=torch.bool))
    spans = (two.layer_spans(0), torch.tensor([[0, 2], [2, 4]]).expand(3, -1, -1))
    mixed = features(layers=(two.layers[0], coarse), mask=mask, spans=spans)
    assert pool_items(mixed, 2)[1][0].tolist() == two.layers[0][0].mean(dim=0).tolist()
    _, pooled = pool_units(mixed, [torch.tensor([[2, 4]]), torch.tensor([[0, 1]])])
    assert pooled[0].tolist() == [coarse[0, 1].tolist()]


def test_summary_is_averaged_over_rows_and_falls_back_to_the_mean_of_the_last_layer():
    summary = torch.tensor([[1.0], [2.0], [4.0]])
    assert pool_summary(features(summary=summary), 2).tolist() == [[1.0], [3.0]]
    assert torch.equal(pool_summary(features(), 2), pool_items(features(), 2)[-1])


def test_units_need_spans():
    with pytest.raises(ValueError, match="no spans"):
        pool_units(features(spans=None), [torch.tensor([[0, 1]])] * 2)


def test_weights_are_those_of_float64():
    generator = torch.Generator().manual_seed(0)
    for largest in (5, 400, 2**17):
        ends = torch.randint(1, largest, (2, 60, 2), generator=generator).cumsum(dim=2)
        starts = torch.randint(0, largest, (2, 60), generator=generator)
        units, spans = (starts[..., None] + ends).unbind()
        overlap = torch.minimum(units[:, None, 1], spans[None, :, 1]) - torch.maximum(
            units[:, None, 0], spans[None, :, 0]
        )
        overlap = overlap.clamp(min=0).double()
        covered = overlap.sum(dim=1, keepdim=True)
        expected = (overlap / covered.clamp(min=1)).float()
        found = overlap_weights(units, spans)
        assert torch.equal(found[covered[:, 0] > 0], expected[covered[:, 0] > 0])


@pytest.mark.parametrize("side", [1, 2, 3, 4])
def test_a_grid_holds_the_mean_of_each_quarter(side):
    rng = torch.Generator().manual_seed(side)
    x = torch.randn(3, side * side + 1, 5, generator=rng)  # a class token first, which the mask leaves out
    mask = torch.ones(3, side * side + 1, dtype=torch.bool)
    mask[:, 0] = False
    item = torch.tensor([2, 0, 1])
    (found,) = pool_grid(Features(layers=(x,), mask=mask, item=item), 3)
    parts = min(side, 2)
    for row, number in enumerate(item.tolist()):
        square = x[row, 1:].reshape(side, side, 5)
        for down in range(parts):
            for across in range(parts):
                rows = slice(down * side // parts, -(-(down + 1) * side // parts))
                columns = slice(across * side // parts, -(-(across + 1) * side // parts))
                quarter = found[number].reshape(5, parts, parts)[:, down, across]
                torch.testing.assert_close(quarter, square[rows, columns].mean(dim=(0, 1)))


@pytest.mark.parametrize(("positions", "items"), [(6, 2), (4, 1)])
def test_positions_without_a_map_have_no_grid(positions, items):
    mask = torch.ones(2, positions, dtype=torch.bool)
    item = torch.arange(2) % items
    with pytest.raises(ValueError, match="square map"):
        pool_grid(Features(layers=(torch.zeros(2, positions, 3),), mask=mask, item=item), items)


def slow_box(layer, rows, columns):
    """Give every thousandth of a square map to the position that covers it."""
    side = math.isqrt(len(layer))
    counts = np.zeros(len(layer))
    for y in range(*rows):
        for x in range(*columns):
            counts[(y * side // 1000) * side + x * side // 1000] += 1
    return (counts[:, None] * layer).sum(axis=0) / counts.sum()


@pytest.mark.parametrize(
    ("rows", "columns"), [((0, 1000), (0, 1000)), ((250, 500), (500, 750)), ((180, 420), (90, 260))]
)
def test_a_box_is_the_mean_of_the_positions_that_it_overlaps(rows, columns):
    torch.manual_seed(0)
    layers = (torch.randn(2, 16, 3), torch.randn(2, 4, 5), torch.randn(2, 1, 2))
    mask = tuple(torch.ones(layer.shape[:2], dtype=torch.bool) for layer in layers)
    of_images = Features(layers, mask, item=torch.tensor([1, 0]))
    for layer, pooled in zip(layers, pool_box(of_images, 1, rows, columns), strict=True):
        assert pooled[0].numpy() == pytest.approx(slow_box(layer[0].numpy(), rows, columns), abs=1e-5)


def test_positions_that_make_no_map_have_no_boxes():
    with pytest.raises(ValueError, match="square map"):
        pool_box(
            features(item=torch.tensor([0, 1, 2]), mask=torch.tensor([[1, 1, 0, 0]] * 3).bool()), 0, (0, 9), (0, 9)
        )
