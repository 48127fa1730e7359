"""Subsequence DTW against a recursion that is written out."""

import numpy as np
import pytest

from superb_lite.heads.dtw import subsequence_costs


def slow_cost(query, sequence):
    def distance(a, b):
        norms = np.linalg.norm(a) * np.linalg.norm(b)
        return 1 - float(a @ b) / norms if norms > 0 else 1.0

    table = np.full((len(query), len(sequence)), np.inf)
    for n in range(len(query)):
        for m in range(len(sequence)):
            before = 0.0 if n == 0 else min(table[n - 1, m - step] for step in (0, 1, 2) if m >= step)
            table[n, m] = before + distance(query[n], sequence[m])
    return table[-1].min() / len(query)


@pytest.mark.parametrize("seed", range(4))
def test_costs_are_those_of_the_recursion(seed):
    rng = np.random.default_rng(seed)
    query = rng.standard_normal((1 + 3 * seed, 5)).astype(np.float32)
    sequences = [rng.standard_normal((n, 5)).astype(np.float32) for n in (1, 2, 17, 9)]
    sequences[2][4] = 0.0
    expected = [slow_cost(query, s) for s in sequences]
    assert subsequence_costs(query, sequences) == pytest.approx(expected, abs=1e-5)


def test_a_query_is_found_wherever_it_is_and_at_up_to_twice_its_speed():
    rng = np.random.default_rng(0)
    query = rng.standard_normal((6, 8)).astype(np.float32)
    other = rng.standard_normal((20, 8)).astype(np.float32)
    inside = np.concatenate([other[:7], 3 * query, other[7:]])
    half_speed = np.concatenate([other[:7], np.repeat(query, 2, axis=0), other[7:]])
    costs = subsequence_costs(query, [inside, half_speed, other])
    assert costs[:2] == pytest.approx([0, 0], abs=1e-6)
    assert costs[2] > 0.2


def test_what_else_is_searched_changes_nothing():
    rng = np.random.default_rng(1)
    query = rng.standard_normal((4, 3)).astype(np.float32)
    sequences = [rng.standard_normal((n, 3)).astype(np.float32) for n in (5, 50)]
    alone = [float(subsequence_costs(query, [s])[0]) for s in sequences]
    assert subsequence_costs(query, sequences).tolist() == pytest.approx(alone, abs=1e-6)
