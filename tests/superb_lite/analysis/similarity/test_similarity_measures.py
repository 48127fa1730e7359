"""CKA and the overlap of neighbours, against slow loops and the library."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from superb_lite.analysis.similarity.measures import centred_gram, neighbours, reordered, similarity, tables_of


def slow_hsic(first, second):
    """The mean over four different items of Song et al. 2012, equation 4."""
    total, count = 0.0, 0
    for i, j, q, r in itertools.permutations(range(len(first)), 4):
        total += first[i, j] * (second[i, j] + second[q, r] - 2 * second[i, q])
        count += 1
    return total / count


@pytest.fixture
def spaces():
    random = np.random.default_rng(0)
    shared = random.normal(size=(9, 3))
    return np.hstack([shared, random.normal(size=(9, 2))]), shared @ random.normal(size=(3, 6))


def test_cka_is_unbiased_cka(spaces):
    a, b = spaces
    one, two = a @ a.T, b @ b.T
    expected = slow_hsic(one, two) / np.sqrt(slow_hsic(one, one) * slow_hsic(two, two))
    assert float((centred_gram(a) * centred_gram(b)).sum()) == pytest.approx(expected)


def test_cka_is_one_for_a_turned_scaled_and_moved_space():
    a = np.random.default_rng(1).normal(size=(40, 8))
    turn, _ = np.linalg.qr(np.random.default_rng(2).normal(size=(8, 8)))
    assert float((centred_gram(a) * centred_gram(3 * a @ turn + 5)).sum()) == pytest.approx(1.0)


def test_cka_of_unrelated_spaces_is_about_zero_however_wide_they_are():
    random = np.random.default_rng(3)
    found = [
        float((centred_gram(random.normal(size=(50, 500))) * centred_gram(random.normal(size=(50, 500)))).sum())
        for _ in range(30)
    ]
    assert abs(np.mean(found)) < 0.02


def test_items_that_all_lie_at_one_place_are_like_nothing():
    assert float(np.abs(centred_gram(np.zeros((10, 3)))).sum()) == 0.0


def test_the_overlap_of_neighbours_agrees_with_the_library():
    random = np.random.default_rng(4)
    a, b = random.normal(size=(60, 7)), random.normal(size=(60, 5))
    near = [
        NearestNeighbors(n_neighbors=6, metric="cosine").fit(x).kneighbors(x, return_distance=False)[:, 1:]
        for x in (a, b)
    ]
    expected = np.mean([len(set(p) & set(q)) / 5 for p, q in zip(*near, strict=True)])
    assert float((neighbours(a, 5) * neighbours(b, 5)).sum()) == pytest.approx(expected)
    assert float((neighbours(a, 5) * neighbours(a, 5)).sum()) == pytest.approx(1.0)


def test_all_layers_are_compared_with_all_and_items_can_be_dealt_out_anew(spaces):
    a, b = (tables_of([space, space**2], "CKA") for space in spaces)
    found = similarity(a, b[:1])
    assert found.shape == (2, 1)
    assert found[1, 0] == pytest.approx(float((a[1] * b[0]).sum()))
    order = np.random.default_rng(5).permutation(9)
    assert np.allclose(reordered(a, order)[0], centred_gram(spaces[0][order]))
