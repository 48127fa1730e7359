"""Reciprocal ranks of translations."""

import numpy as np
import pytest
import torch

from superb_lite.analysis.crosslingual.alignment import chance, mean_reciprocal_rank, reciprocal_ranks, without_mean


def slow_ranks(a, b):
    """By sorting, word by word."""
    a, b = (np.asarray(x, dtype=float) for x in (a, b))
    cosine = np.array([[x @ y / np.linalg.norm(x) / np.linalg.norm(y) for y in b] for x in a])
    found = []
    for i in range(len(a)):
        one = 1 + sorted(range(len(a)), key=lambda j: -cosine[i, j]).index(i)
        other = 1 + sorted(range(len(a)), key=lambda j: -cosine[j, i]).index(i)
        found.append((1 / one + 1 / other) / 2)
    return found


def test_ranks_are_those_of_sorting():
    draw = torch.Generator().manual_seed(0)
    a, b = torch.randn(12, 5, generator=draw), torch.randn(12, 5, generator=draw)
    b = a + b
    assert reciprocal_ranks(a, b) == pytest.approx(slow_ranks(a, b))
    assert 0.2 < reciprocal_ranks(a, b).mean() < 0.9


def test_words_that_are_all_alike_have_the_mean_rank():
    same = torch.ones(9, 4)
    assert reciprocal_ranks(same, same) == pytest.approx([1 / 5] * 9)


def test_chance_is_that_of_random_vectors():
    draw = torch.Generator().manual_seed(0)
    ranks = [reciprocal_ranks(*torch.randn(2, 20, 30, generator=draw)).mean() for _ in range(60)]
    assert np.mean(ranks) == pytest.approx(chance(20), abs=3 * np.std(ranks) / np.sqrt(60))


def test_a_constant_added_to_a_language_is_gone_with_its_mean():
    a = torch.eye(6)
    b = a + torch.tensor([9.0, 5.0, 0, 0, 0, 0])
    assert reciprocal_ranks(a, b).mean() < 0.9
    assert reciprocal_ranks(without_mean(a), without_mean(b)).mean() == 1.0
    sample = mean_reciprocal_rank(without_mean(a), without_mean(b), tuple("abcdef"))
    assert (sample.estimate, sample.values.shape) == (1.0, (1, 6))
