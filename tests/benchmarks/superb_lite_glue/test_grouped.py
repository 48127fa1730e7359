"""Metrics that count the examples of a question or a pair together."""

import numpy as np
import pytest

from superb_lite.metrics import metric
from superb_lite.tasks.labels import Example


def drawn(seed, groups=30, each=3):
    rng = np.random.default_rng(seed)
    examples = [
        Example(f"{g}-{n}", ("t",), int(rng.integers(2)), f"c{g // 2}", f"g{g}")
        for g in range(groups)
        for n in range(each)
    ]
    said = [e.label if rng.random() < 0.8 else 1 - e.label for e in examples]
    order = rng.permutation(len(examples))
    return [examples[i] for i in order], [said[i] for i in order]


@pytest.mark.parametrize("seed", range(3))
def test_against_a_loop(seed):
    examples, said = drawn(seed)
    right = alike = 0
    for g in range(30):
        mine = [(e, p) for e, p in zip(examples, said, strict=True) if e.group == f"g{g}"]
        right += all(e.label == p for e, p in mine)
        alike += len({p for _, p in mine}) == 1
    assert metric("question_exact_match").score(examples, said, ()) == pytest.approx(right / 30)
    assert metric("gender_parity").score(examples, said, ()) == pytest.approx(alike / 30)


def test_a_single_example_is_a_question_and_no_pair():
    alone = [Example("e", ("t",), 1, group="g"), Example("none", ("t",), 1)]
    assert metric("question_exact_match").score(alone, [1, 0], ()) == 1.0
    assert metric("gender_parity").score(alone, [1, 0], ()) == 0.0


def test_clusters_are_left_out_whole():
    examples, said = drawn(0)
    clusters = np.array([int(e.cluster[1:]) for e in examples])
    value, pseudo = metric("question_exact_match").jackknife(examples, said, (), clusters)
    assert pseudo.shape == (15,)
    assert pseudo.mean() == pytest.approx(value)  # two questions in each cluster: a mean
