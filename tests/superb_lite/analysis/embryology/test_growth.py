"""Steps at which a share of a gain is reached, against slow loops, simulation, and curves of known shape."""

import math

import numpy as np
import pytest

from superb_lite.analysis.embryology.claims import different_speeds
from superb_lite.analysis.embryology.crossing import log_steps, monotone, reached
from superb_lite.analysis.embryology.growth import growth, of_last, step_samples
from superb_lite.analysis.embryology.orders import by_source, later, order, orders
from superb_lite.metrics.statistics import Sample, interval

STEPS = (0, 1, 2, 4, 8, 16, 32, 64)
PLACES = log_steps(STEPS)


def logistic(middle, *, low=0.2, high=0.8, slope=2.0):
    """Scores that are half-way at a place on the axis of log2 steps, drawn out so far that both ends are flat."""
    return low + (high - low) / (1 + np.exp(-slope * (PLACES - middle)))


def sampled(curve, *, n=200, noise=0.3, rng):
    """The curve on n test examples, whose noise is the same at all steps, as the difficulty of an example is."""
    difficulty = rng.normal(0, noise, size=n)
    tables = [value + difficulty + rng.normal(0, noise / 3, size=n) for value in curve]
    return [Sample(float(table.mean()), table[None], tuple(map(str, range(n)))) for table in tables]


def test_the_pseudo_values_are_those_of_leaving_each_cluster_out():
    rng = np.random.default_rng(1)
    curve = sampled(logistic(2.0), n=20, rng=rng)
    for share, found in zip((0.5, 0.9), step_samples(STEPS, curve, (0.5, 0.9)), strict=True):
        table = np.stack([sample.values[0] for sample in curve])
        for i in range(20):
            rest = monotone(np.delete(table, i, axis=1).mean(axis=1))
            expected = 20 * found.estimate - 19 * float(reached(PLACES, rest, share))
            assert found.values[0, i] == pytest.approx(expected, abs=1e-9)


def test_a_seed_that_gains_nothing_has_no_step():
    rng = np.random.default_rng(8)
    rising, falling = sampled(logistic(2.0), rng=rng), sampled(-logistic(2.0), noise=0.0, rng=rng)
    assert step_samples(STEPS, falling, (0.5,)) == [None]
    assert growth(STEPS, [rising, falling, rising], (0.5,)).samples == {0.5: None}


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.5, 0.9])
@pytest.mark.parametrize(("noise", "wobble"), [(0.3, 0.0), (0.6, 0.0), (0.3, 0.05)])
def test_intervals_hold_the_true_step_as_often_as_they_say(share, noise, wobble):
    """noise: of test examples. wobble: of the scores of a run from step to step, whatever the examples."""
    rng = np.random.default_rng(4)
    middles = 2.5 + np.random.default_rng(3).normal(0, 0.2, size=1000)
    clean = np.stack([logistic(middle) for middle in middles])
    true = float(reached(PLACES, monotone(clean), share).mean())
    held = 0
    for _ in range(200):
        curves = [logistic(2.5 + rng.normal(0, 0.2)) + rng.normal(0, wobble, size=len(STEPS)) for _ in range(3)]
        found = growth(STEPS, [sampled(curve, n=60, noise=noise, rng=rng) for curve in curves], (share,)).samples[share]
        held += found is not None and interval(found).lo <= true <= interval(found).hi
    assert 0.92 <= held / 200 <= 1.0


def test_what_grows_later_is_said_to_be_later_and_equal_things_are_not():
    rng = np.random.default_rng(3)
    runs = {name: [sampled(logistic(at), rng=rng) for _ in range(3)] for name, at in (("a", 1), ("b", 3), ("c", 3))}
    grown = {name: growth(STEPS, each, (0.5, 0.9)) for name, each in runs.items()}
    found = {frozenset((each.first, each.second)): each for each in orders(grown, 0.5)}
    assert len(found) == 3
    for other in "bc":
        pair = found[frozenset(("a", other))]
        assert pair.first == "a"
        assert pair.later.value == pytest.approx(2.0, abs=0.3)
        assert pair.p < 0.01
    assert found[frozenset("bc")].p > 0.05
    backwards = order(grown["b"].samples[0.5], grown["a"].samples[0.5], names=("b", "a"))
    assert backwards.later.value == pytest.approx(-found[frozenset("ab")].later.value)
    assert grown["a"].reached[0.5].value < grown["a"].reached[0.9].value


def table(steps, clusters, rng):
    """A row for each pretraining seed, with little noise of examples."""
    values = np.array(steps)[:, None] + rng.normal(0, 0.05, size=(len(steps), len(clusters)))
    return Sample(float(values.mean()), values, clusters)


def test_two_questions_of_one_run_are_compared_within_it():
    rng = np.random.default_rng(5)
    one, other = (tuple(f"{name}{number}" for number in range(30)) for name in "xy")
    fast, slow = [0.0, 1.5, 3.0], [0.5, 2.0, 3.5]  # whatever a run learns late, it learns late
    for clusters in (one, other):
        found = order(table(fast, one, rng), table(slow, clusters, rng), names=("a", "b"))
        assert found.later.value == pytest.approx(0.5, abs=0.05)
        assert found.p < 0.01
    swapped = order(table(fast, one, rng), table(slow[::-1], other, rng), names=("a", "b"))
    assert swapped.p > 0.3


def test_on_the_same_examples_it_is_the_paired_difference():
    rng = np.random.default_rng(6)
    names = tuple("abcdefgh")
    first, second = table([0.0, 1.0, 2.0], names, rng), table([1.0, 2.5, 2.0], names, rng)
    reverse = Sample(second.estimate, second.values[:, ::-1], names[::-1])
    for same in (second, reverse):
        expected = interval(second.minus(first))
        found = interval(later(first, same))
        assert (found.estimate, found.lo, found.hi) == pytest.approx((expected.estimate, expected.lo, expected.hi))


def test_examples_that_two_questions_share_are_not_counted_twice():
    rng = np.random.default_rng(8)
    noise = rng.normal(size=24)
    whole = Sample(0.0, np.tile(noise - noise.mean(), (3, 1)), tuple(map(str, range(24))))
    half = Sample(0.0, whole.values[:, :12] - whole.values[:, :12].mean(), whole.clusters[:12])
    apart = Sample(0.0, half.values, tuple(f"other {n}" for n in range(12)))
    together, alone = (interval(later(whole, each)) for each in (half, apart))
    assert together.hi - together.lo < alone.hi - alone.lo
    away = np.where(
        np.arange(24) < 12, 24 / 12 * np.r_[half.values[0], np.zeros(12)] - whole.values[0], -whole.values[0]
    )
    assert later(whole, half).values[0] == pytest.approx(away)


def test_a_gain_within_noise_has_no_step():
    rng = np.random.default_rng(4)
    found = growth(STEPS, [sampled(np.full(8, 0.5), rng=rng) for _ in range(3)], (0.5,))
    assert not found.measurable
    assert found.reached[0.5] is None
    assert orders({"x": found}, 0.5) == []


def test_scores_are_divided_by_the_last_of_their_seed():
    runs = [[Sample(value, np.array([[value]]), ("a",)) for value in curve] for curve in ([0.2, 0.4], [0.1, 0.8])]
    found = of_last(runs, 0)
    assert found.value == pytest.approx((0.5 + 0.125) / 2)
    assert found.low < 0.125
    assert math.isnan(of_last([[runs[0][0], runs[0][1].scaled(0.0)]], 0).value)


def test_of_errors_the_part_of_the_fall_is_shown():
    runs = [[Sample(-value, np.array([[-value]]), ("a",)) for value in (1.0, 0.6, 0.2)] for _ in range(2)]
    assert [of_last(runs, number).value for number in range(3)] == pytest.approx([0.0, 0.5, 1.0])


NAMES = {"english:noun": 1.5, "english:verb": 1.5, "news:noun": 4.0, "news:verb": 4.0, "toy/task": 1, "toy/two": 4}
SOURCES = {name: name.rpartition(":")[0] for name in NAMES}


def test_words_of_each_source_are_a_claim_of_their_own():
    rng = np.random.default_rng(7)
    grown = {
        name: growth(STEPS, [sampled(logistic(at), rng=rng) for _ in range(3)], (0.5,)) for name, at in NAMES.items()
    }
    found = list(different_speeds(SOURCES, grown, 0.5, "text"))
    assert ["english" in found[0].claim, "news" in found[1].claim, "tasks" in found[2].claim] == [True] * 3
    assert [claim.verdict for claim in found] == ["not decided", "not decided", "holds"]
    assert all("of 1 pairs" in claim.measured for claim in found)
    more = {"english:all content": grown["english:noun"], "tsv:mine.tsv": grown["toy/two"]}
    parts = by_source({**grown, **more}, {**SOURCES, "english:all content": "english", "tsv:mine.tsv": ""})
    assert {source: list(mine) for source, mine in parts.items()} == {
        "english": ["english:noun", "english:verb"],
        "news": ["news:noun", "news:verb"],
        "": ["toy/task", "toy/two", "tsv:mine.tsv"],
    }


def test_one_seed_has_intervals_over_test_examples():
    found = growth(STEPS, [sampled(logistic(2.0), rng=np.random.default_rng(5))], (0.5,))
    assert found.measurable
    assert found.reached[0.5].low < 2.0 < found.reached[0.5].high
    assert math.isfinite(found.gain.high)


def test_a_step_that_is_not_clear_is_not_said_and_can_be_compared():
    rng = np.random.default_rng(6)
    apart = growth(STEPS, [sampled(logistic(at), rng=rng) for at in (0.5, 2.5, 4.5)], (0.5,))
    assert apart.measurable
    assert apart.reached[0.5] is None
    assert apart.known(0.5)
    together = growth(STEPS, [sampled(logistic(at), rng=rng) for at in (4.2, 4.6, 5.2)], (0.5, 0.9))
    assert together.reached[0.5].low < 4.6 < together.reached[0.5].high
    # an end of an interval of t that lies after the run is cut off
    assert interval(together.samples[0.9]).hi > PLACES[-1] == together.reached[0.9].high
    assert len(orders({"apart": apart, "together": together}, 0.5)) == 1
