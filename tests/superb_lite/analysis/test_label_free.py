"""Label-free metrics against plain loops and known cases."""

import itertools
import math

import numpy as np
import pytest
import torch

from superb_lite.analysis.label_free import alignment, means_and_halves, rank_me, spread, uniformity
from superb_lite.encoders.encoder import Features

Z = torch.randn(7, 5, generator=torch.Generator().manual_seed(1))


def unit(row):
    return row / np.linalg.norm(row)


def test_rank_me_is_the_exponential_of_the_entropy():
    values = np.linalg.svd(Z.numpy().astype(float), compute_uv=False)
    shares = [value / sum(values) for value in values]
    assert rank_me(Z) == pytest.approx(math.exp(-sum(p * math.log(p) for p in shares)), rel=1e-4)
    assert rank_me(torch.eye(6)) == pytest.approx(6, rel=1e-4)
    assert rank_me(torch.ones(6, 3)) == pytest.approx(1, rel=1e-4)
    assert math.isfinite(rank_me(torch.zeros(6, 3)))


def test_uniformity_is_that_of_all_pairs():
    rows = [unit(row) for row in Z.numpy().astype(float)]
    pairs = [math.exp(-2 * ((a - b) ** 2).sum()) for a, b in itertools.combinations(rows, 2)]
    assert uniformity(Z) == pytest.approx(math.log(sum(pairs) / len(pairs)), rel=1e-6)
    assert uniformity(torch.ones(4, 3)) == pytest.approx(0, abs=1e-9)
    with pytest.raises(ValueError, match="at least two"):
        uniformity(Z[:1])


def test_alignment_is_the_mean_squared_distance_of_partners():
    other = Z.flip(1)
    expected = [((unit(a) - unit(b)) ** 2).sum() for a, b in zip(Z.numpy(), other.numpy(), strict=True)]
    assert alignment(Z, other) == pytest.approx(float(np.mean(expected)), rel=1e-5)
    assert alignment(Z, 3 * Z) == pytest.approx(0, abs=1e-9)
    assert alignment(Z, -Z) == pytest.approx(4)


def test_spread_is_0_for_one_point_and_1_for_a_sphere():
    assert spread(torch.ones(9, 4)) == pytest.approx(0, abs=1e-9)
    sphere = torch.randn(20_000, 16, generator=torch.Generator().manual_seed(0))
    assert spread(sphere) == pytest.approx(1, abs=0.01)
    assert spread(Z) == pytest.approx(np.std([unit(r) for r in Z.numpy().astype(float)], axis=0).mean() * 5**0.5)


def test_halves_are_those_of_the_positions_with_input():
    layer = torch.arange(12.0).reshape(2, 6, 1)
    mask = torch.tensor([[False, True, True, True, True, False], [True, False, False, False, False, False]])
    features = Features(layers=(torch.zeros(2, 6, 3), layer), mask=mask, item=torch.tensor([1, 0]))
    whole, first, second = means_and_halves(features, 2)
    assert whole.tolist() == [[6.0], [2.5]]
    assert first.tolist() == [[6.0], [1.5]]
    assert second.tolist() == [[6.0], [3.5]]


def test_the_middle_of_an_odd_number_of_positions_is_in_the_second_half():
    features = Features(
        layers=(torch.arange(3.0).reshape(1, 3, 1),), mask=torch.ones(1, 3).bool(), item=torch.zeros(1).long()
    )
    _, first, second = means_and_halves(features, 1)
    assert (first.tolist(), second.tolist()) == ([[0.0]], [[1.5]])
