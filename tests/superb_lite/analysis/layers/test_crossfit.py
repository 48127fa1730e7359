"""The score of the best layer, without choosing it by what it is shown on."""

from __future__ import annotations

import numpy as np
import pytest

from superb_lite.analysis.layers.crossfit import at_layer, best_layer
from superb_lite.metrics.statistics import Sample


def samples(means, *, seeds=3, n=200, noise=1.0, seed=0):
    random = np.random.default_rng(seed)
    clusters = tuple(f"c{i}" for i in range(n))
    tables = [[mean + noise * random.normal(size=(1, n)) for _ in range(seeds)] for mean in means]
    return [[Sample(float(t.mean()), t, clusters) for t in layer] for layer in tables]


def test_the_layer_that_is_best_is_found_on_both_halves():
    found, halves = best_layer(samples([0.0, 1.0, 0.3]))
    assert halves == (1, 1)
    assert np.mean([sample.estimate for sample in found]) == pytest.approx(1.0, abs=0.15)
    last = at_layer(samples([0.0, 1.0, 0.3]), 2)
    assert [sample.values.shape for sample in last] == [(1, 200)] * 3


def test_the_largest_of_several_equal_layers_is_not_taken_for_a_better_one():
    fair, greedy = [], []
    for seed in range(200):
        drawn = samples([0.0] * 5, seeds=1, n=40, seed=seed)
        found, _ = best_layer(drawn)
        fair.append(found[0].estimate)
        greedy.append(max(layer[0].estimate for layer in drawn))
    assert abs(np.mean(fair)) < 0.04
    assert np.mean(greedy) > 0.1


def test_clusters_are_matched_by_name():
    one = Sample(0.5, np.array([[1.0, 0.0]]), ("x", "y"))
    two = Sample(0.5, np.array([[0.0, 1.0], [0.0, 1.0]]), ("y", "x"))
    assert [sample.values.tolist() for sample in at_layer([[one, two]], 0)] == [[[1.0, 0.0]], [[1.0, 0.0]]]
