"""Whether a measure jumps with data: planted curves, with noise of words and of seeds."""

import numpy as np
import pytest

from superb_lite.analysis.crosslingual.jump import find_jump
from superb_lite.metrics.statistics import Sample

AMOUNTS = (0.0625, 0.125, 0.25, 0.5, 1.0)


def curve(means, *, noise=0.02, seeds=3, words=60, random=None):
    random = random or np.random.default_rng(0)
    found = []
    own = random.normal(scale=0.1, size=words)
    for mean in means:
        values = (
            mean + own + random.normal(scale=noise, size=(seeds, 1)) + random.normal(scale=0.1, size=(seeds, words))
        )
        found.append(Sample(float(values.mean()), values, tuple(map(str, range(words)))))
    return found


def test_a_step_that_is_nearly_everything_is_a_jump():
    found = find_jump(AMOUNTS, curve([0.1, 0.11, 0.12, 0.8, 0.82]))
    assert found.verdict == "holds"
    assert (found.largest.start, found.largest.end) == (0.25, 0.5)
    assert found.largest.share == pytest.approx(0.68 / 0.72, abs=0.06)
    assert found.largest.p_value < 0.05


def test_a_steady_growth_is_none():
    found = find_jump(AMOUNTS, curve([0.1, 0.28, 0.46, 0.64, 0.82]))
    assert found.verdict == "does not hold"
    assert found.curvature.lo < 0 < found.curvature.hi
    assert all(step.share == pytest.approx(0.25, abs=0.07) for step in found.steps)


def test_what_is_between_or_noisy_is_not_decided():
    assert find_jump(AMOUNTS, curve([0.1, 0.1, 0.1, 0.58, 0.82])).verdict == "not decided"
    assert find_jump(AMOUNTS, curve([0.1, 0.11, 0.12, 0.8, 0.82], noise=0.3)).verdict == "not decided"


def test_without_a_gain_nothing_is_decided():
    assert find_jump(AMOUNTS, curve([0.5] * 5)).verdict == "not decided"
    assert find_jump(AMOUNTS, curve([0.8, 0.7, 0.6, 0.2, 0.1])).verdict == "not decided"


def test_the_width_of_a_step_counts():
    """From 0.01 to 1 on a log axis: a steady growth gains most on the widest step, which is no jump."""
    amounts = (0.01, 0.5, 0.7, 1.0)
    places = np.log(amounts) - np.log(amounts[0])
    found = find_jump(amounts, curve(0.1 + 0.7 * places / places[-1]))
    assert found.steps[0].share > 0.8
    assert found.steps[0].width == pytest.approx(places[1] / places[-1])
    assert found.verdict != "holds"


def test_curvature_is_that_of_a_parabola():
    doublings = np.arange(5)
    found = find_jump(AMOUNTS, curve(0.1 + 0.02 * doublings + 0.03 * doublings**2, noise=0.001))
    assert found.curvature.estimate == pytest.approx(0.06, abs=0.01)
    assert found.curvature.lo > 0


def test_where_nothing_jumps_a_jump_is_seldom_found():
    """Planted at the border, where a step gains exactly (1 + w) / 2: the error is at most 5%, and here not near 0."""
    random = np.random.default_rng(1)
    border = [0.1, 0.1, 0.1, 0.1 + 0.625 * 0.7, 0.8]
    said = [find_jump(AMOUNTS, curve(border, random=random)).verdict for _ in range(60)]
    assert said.count("holds") <= 6


def test_seeds_that_not_all_amounts_have_are_left_out():
    samples = curve([0.1, 0.11, 0.12, 0.8, 0.82])
    samples[1] = Sample(0.11, samples[1].values[:2], samples[1].clusters)
    assert find_jump(AMOUNTS, samples).gain.estimate == pytest.approx(
        samples[4].values[:2].mean() - samples[0].values[:2].mean()
    )


@pytest.mark.parametrize("amounts", [(1, 2, 3), (1, 2, 2, 3, 4), (5, 4, 3, 2, 1)])
def test_too_few_amounts_or_ones_out_of_order_are_refused(amounts):
    with pytest.raises(ValueError, match="at least 4 ascending amounts"):
        find_jump(amounts, curve([0.1] * len(amounts)))
