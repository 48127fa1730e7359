"""Sequences by batches: statistics, and batches of like length."""

import numpy as np
import pytest
import torch

from superb_lite.features.sequences import length_batches, moments


def test_moments_are_those_of_all_rows_at_once():
    x = 1000 + torch.randn(50, 3, generator=torch.Generator().manual_seed(0))
    x[:, 2] = 7.0
    mean, std = moments(iter(x.split([1, 20, 9, 20])))
    assert mean.numpy() == pytest.approx(x.double().mean(dim=0).numpy(), rel=1e-6)
    assert std[:2].numpy() == pytest.approx(x[:, :2].double().std(dim=0, correction=0).numpy(), rel=1e-4)
    assert float(std[2]) == 1.0  # what never varies is left alone


def test_batches_hold_every_example_once_and_similar_lengths():
    lengths = [(7 * i) % 50 for i in range(100)]
    batches = length_batches(lengths, 8)
    assert sorted(i for batch in batches for i in batch) == list(range(100))
    assert np.mean([np.ptp([lengths[i] for i in batch]) for batch in batches]) < 25
