"""Nearest neighbours and their categories, against loops."""

import numpy as np
import pytest

from superb_lite.analysis.context.neighbours import category_test, chance, nearest, shared, word_means


def test_a_word_is_the_mean_of_its_occurrences():
    vectors = np.arange(10.0).reshape(5, 2)
    means, words = word_means(vectors, ["b", "a", "b", "a", "b"])
    assert words == ("b", "a")
    assert means.tolist() == [[4, 5], [4, 5]]


def test_the_nearest_are_those_of_a_loop_after_the_mean_is_taken_away():
    means = np.random.default_rng(0).normal(size=(9, 4)) + 50
    found = nearest(means, 3)
    centred = means - means.mean(axis=0)
    unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    for i in range(9):
        order = sorted((j for j in range(9) if j != i), key=lambda j: -float(unit[i] @ unit[j]))
        assert found[i].tolist() == order[:3]


def test_the_share_of_the_same_kind_and_what_chance_gives():
    neighbours = np.array([[1, 2], [0, 3], [3, 0], [2, 1]])
    kinds = ["x", "x", "y", "y"]
    assert shared(neighbours, kinds).tolist() == [0.5, 0.5, 0.5, 0.5]
    assert shared(neighbours[:, :1], kinds).tolist() == [1, 1, 1, 1]
    assert chance(kinds) == pytest.approx(1 / 3)
    assert chance(["x", "x", "x", "y"]) == pytest.approx((3 * 2 / 3 + 0) / 4)


def test_kinds_that_lie_together_are_found_and_others_not():
    random = np.random.default_rng(2)
    kinds = [f"kind {n // 5}" for n in range(40)]
    together = np.repeat(random.normal(size=(8, 16)), 5, axis=0) + 0.3 * random.normal(size=(40, 16))
    assert category_test([nearest(together)], kinds, permutations=199) < 0.01
    p = [
        category_test([nearest(random.normal(size=(40, 16))) for _ in range(2)], kinds, permutations=99, seed=n)
        for n in range(20)
    ]
    assert min(p) > 0.001
    assert np.mean(p) > 0.3
