import itertools

import numpy as np
import pytest

from superb_lite.metrics.clusters import independent, membership
from superb_lite.metrics.statistics import Sample, interval, mean_interval
from superb_lite.tasks.labels import MEMBERS, Example, cluster_of, members_of


def pair(a: str, b: str) -> str:
    return cluster_of(Example("e", ("x", "y"), 1, (a, b)))


def test_the_order_of_the_names_of_a_cluster_says_nothing():
    assert pair("a", "b") == pair("b", "a") == f"a{MEMBERS}b"
    assert members_of(pair("b", "a")) == ("a", "b")
    assert pair("a", "a") == "a"
    assert members_of("a|b") == ("a|b",)


def test_clusters_of_one_name_have_no_members():
    assert membership(("a", "b", "c")) is None


def test_the_square_is_a_loop_over_all_that_share_a_member():
    rng = np.random.default_rng(0)
    names = ["p", "q", "r", "s", "t"]
    cells = tuple(pair(a, b) for a, b in itertools.combinations_with_replacement(names, 2))
    deviations = rng.standard_normal((3, len(cells)))
    known = membership(cells)
    assert known is not None
    for row, found in zip(deviations, known.square(deviations), strict=True):
        slow = sum(
            row[i] * row[j]
            for i, j in itertools.product(range(len(cells)), repeat=2)
            if set(members_of(cells[i])) & set(members_of(cells[j]))
        )
        assert found == pytest.approx(slow)


def test_cells_without_a_common_member_are_independent_clusters():
    values = np.random.default_rng(1).standard_normal((4, 30))
    paired = Sample(0.0, values, tuple(pair(f"a{j}", f"b{j}") for j in range(30)))
    alone = Sample(0.0, values, tuple(f"a{j}" for j in range(30)))
    mine, other = interval(paired).noise, interval(alone).noise
    for name in ("examples", "examples_dof", "seeds", "residual"):
        assert getattr(mine, name) == pytest.approx(getattr(other, name)), name
    assert independent(paired.clusters) == independent(alone.clusters) == 30
    assert independent((pair("a", "b"), pair("b", "c"), pair("a", "c"), "a", "b")) == 3


def test_pairs_that_share_members_vary_more_than_independent_ones():
    rng = np.random.default_rng(2)
    voices = rng.standard_normal(12)
    couples = list(itertools.combinations(range(12), 2))
    values = np.array([[voices[a] + voices[b] + 0.1 * rng.standard_normal() for a, b in couples] for _ in range(3)])
    paired = interval(Sample(0.0, values, tuple(pair(f"v{a}", f"v{b}") for a, b in couples)))
    # The mean of all pairs is twice the mean of the voices.
    assert paired.noise.examples == pytest.approx(4 * voices.var(ddof=1) / 12, rel=0.25)
    alone = interval(Sample(0.0, values, tuple(map(str, range(len(couples))))))
    assert paired.noise.examples > 3 * alone.noise.examples


def test_tasks_share_the_members_of_their_clusters():
    rng = np.random.default_rng(3)
    voices = rng.standard_normal(10)
    couples = list(itertools.combinations(range(10), 2))
    of_pairs = np.array([[voices[a] + voices[b] for a, b in couples]] * 2)
    of_voices = np.array([voices] * 2)
    pairs = Sample(0.0, of_pairs, tuple(pair(f"v{a}", f"v{b}") for a, b in couples))
    single = Sample(0.0, of_voices, tuple(f"v{a}" for a in range(10)))
    found = mean_interval([pairs, single], [0.5, 0.5]).noise
    # Both are means of the same ten voices, of which one is twice the other: 3/2 of their mean.
    assert found.variance == pytest.approx(1.5**2 * voices.var(ddof=1) / 10, rel=0.25)
