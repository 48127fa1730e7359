"""Cosines and senses, against loops over pairs."""

import itertools

import numpy as np
import pytest

from superb_lite.analysis.context.senses import cosines, nearest_sense, sense_means, sense_test


@pytest.fixture
def vectors():
    return np.random.default_rng(0).normal(size=(7, 5))


SENSES = ["a", "a", "b", "a", "b", "b", "b"]


def slow_cosine(x, y):
    return sum(p * q for p, q in zip(x, y, strict=True)) / (sum(p * p for p in x) * sum(q * q for q in y)) ** 0.5


def test_cosines_are_those_of_a_loop(vectors):
    found = cosines(vectors)
    for i, j in itertools.product(range(7), repeat=2):
        assert found[i, j] == pytest.approx(slow_cosine(vectors[i], vectors[j]))
    assert cosines(np.zeros((2, 3))).tolist() == [[0, 0], [0, 0]]


def test_means_are_over_pairs_of_two_occurrences(vectors):
    pairs = list(itertools.combinations(range(7), 2))
    within = [slow_cosine(vectors[i], vectors[j]) for i, j in pairs if SENSES[i] == SENSES[j]]
    between = [slow_cosine(vectors[i], vectors[j]) for i, j in pairs if SENSES[i] != SENSES[j]]
    found = sense_means(cosines(vectors), SENSES)
    assert found.within == pytest.approx(np.mean(within))
    assert found.between == pytest.approx(np.mean(between))
    assert found.gap == pytest.approx(np.mean(within) - np.mean(between))


def test_pairs_of_a_group_do_not_count(vectors):
    groups = ["x", "", "y", "x", "y", "", ""]
    pairs = [(i, j) for i, j in itertools.combinations(range(7), 2) if not groups[i] or groups[i] != groups[j]]
    within = [slow_cosine(vectors[i], vectors[j]) for i, j in pairs if SENSES[i] == SENSES[j]]
    between = [slow_cosine(vectors[i], vectors[j]) for i, j in pairs if SENSES[i] != SENSES[j]]
    assert sense_means(cosines(vectors), SENSES, groups) == pytest.approx((np.mean(within), np.mean(between)))


def test_twins_that_differ_in_sense_alone_are_at_chance():
    """Two occurrences at the same place of the same frame have the same vector where only the place is known."""
    places = np.repeat(np.random.default_rng(3).normal(size=(5, 9)), 2, axis=0)
    senses, frames = ["a", "b"] * 5, [f"frame {n // 2}" for n in range(10)]
    assert sense_means(cosines(places), senses, frames).gap == pytest.approx(0)
    assert nearest_sense(cosines(places), senses, frames).tolist() == [0.5] * 10
    assert nearest_sense(cosines(places), senses).mean() < 0.2


@pytest.mark.parametrize("senses", [["a", "a", "a"], ["a", "b", "c"]])
def test_means_need_pairs_of_both_kinds(senses):
    with pytest.raises(ValueError, match="two senses"):
        sense_means(np.eye(3), senses)
    with pytest.raises(ValueError, match="two senses"):
        sense_test(np.eye(3), senses)


def slow_nearest(vectors, senses, i, left_out):
    unit = [v / np.linalg.norm(v) for v in vectors]
    near = {}
    for sense in sorted(set(senses)):
        centre = np.mean([unit[j] for j in range(len(unit)) if senses[j] == sense and j not in left_out], axis=0)
        near[sense] = slow_cosine(unit[i], centre)
    return float(max(near, key=near.get) == senses[i])


def test_the_nearest_sense_is_that_of_the_mean_of_unit_vectors(vectors):
    found = nearest_sense(cosines(vectors), SENSES)
    assert found.tolist() == [slow_nearest(vectors, SENSES, i, {i}) for i in range(7)]
    assert 0 < found.mean() < 1


def test_those_of_a_group_are_left_out(vectors):
    groups = ["x", "", "y", "x", "y", "", ""]
    found = nearest_sense(cosines(vectors), SENSES, groups)
    expected = [
        slow_nearest(vectors, SENSES, i, {i} | {j for j in range(7) if groups[j] and groups[j] == groups[i]})
        for i in range(7)
    ]
    assert found.tolist() == expected
    alone = nearest_sense(cosines(vectors), ["a", *["b"] * 6])
    assert np.isnan(alone[0])
    assert np.isfinite(alone[1:]).all()


def test_equal_vectors_are_at_chance_and_have_no_gap():
    same = cosines(np.ones((8, 3)))
    senses = ["a", "b"] * 4
    assert nearest_sense(same, senses).tolist() == [0.5] * 8
    assert sense_means(same, senses).gap == pytest.approx(0)
    assert sense_test(same, senses, permutations=99) == pytest.approx(1)


def test_senses_that_lie_apart_are_found_and_noise_is_not():
    random = np.random.default_rng(1)
    senses = ["a"] * 5 + ["b"] * 5
    apart = random.normal(size=(10, 20)) + 3 * np.repeat(np.eye(2, 20), 5, axis=0)
    assert sense_test(cosines(apart), senses, permutations=499) < 0.02
    assert nearest_sense(cosines(apart), senses).mean() == 1
    p = [sense_test(cosines(random.normal(size=(10, 20))), senses, permutations=99, seed=n) for n in range(60)]
    assert np.mean(np.array(p) < 0.2) < 0.4
    assert np.mean(p) == pytest.approx(0.5, abs=0.15)
