import numpy as np
import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite.metrics.statistics import Sample, smallest_difference
from superb_lite.results.power import detectable, differences, plans
from tests.superb_lite.made_up_results import made_up


def answers(seed, *, n=200, right=0.7, shared=None):
    rng = np.random.default_rng(seed)
    ease = np.random.default_rng(0).uniform(size=n) if shared is None else shared
    return (ease + 0.2 * rng.standard_normal((5, n)) < right).astype(float)


def sample(values):
    return Sample(float(values.mean()), values, tuple(map(str, range(values.shape[1]))))


def test_one_encoder_stands_for_two_that_share_nothing():
    one = sample(answers(1))
    (difference,) = differences([one])
    assert smallest_difference(difference, seeds=5) == pytest.approx(2**0.5 * smallest_difference(one, seeds=5))
    other = sample(answers(2, right=0.75))
    assert detectable([one, other]) == pytest.approx(smallest_difference(one.minus(other), seeds=5))
    assert detectable([one, other]) < detectable([one])  # the same examples are easy for both


def test_of_several_encoders_the_median_pair_counts():
    samples = [sample(answers(seed)) for seed in range(4)]
    found = sorted(smallest_difference(difference, seeds=5) for difference in differences(samples))
    assert len(found) == 6
    assert detectable(samples) == pytest.approx((found[2] + found[3]) / 2)


@pytest.mark.parametrize("seeds", [3, 5, 20])
def test_the_planned_examples_show_the_difference_and_fewer_do_not(seeds):
    results = [made_up(values=answers(seed), encoder=f"e{seed}") for seed in (1, 2)]
    (plan,) = plans(results, 0.02, seeds=[seeds])
    difference = results[0].sample().minus(results[1].sample())
    assert plan.smallest == pytest.approx(smallest_difference(difference, seeds=seeds))
    assert plan.examples is not None
    assert smallest_difference(difference, seeds=seeds, clusters=plan.examples) <= 0.02
    assert smallest_difference(difference, seeds=seeds, clusters=round(0.98 * plan.examples)) > 0.02


def test_examples_are_counted_in_clusters_like_those_there_are():
    result = made_up(values=answers(1))
    (alone,) = plans([result], 0.05, seeds=[5])
    (tenfold,) = plans([result.replace(n_test=2000)], 0.05, seeds=[5])
    assert tenfold.examples == pytest.approx(10 * alone.examples, rel=0.01)


def test_noise_of_few_seeds_alone_may_hide_a_difference():
    luck = np.random.default_rng(3).standard_normal((5, 1)) * 0.1
    results = [made_up(values=answers(1) + luck, encoder="a"), made_up(values=answers(2) - luck, encoder="b")]
    few, many = plans(results, 0.01, seeds=[3, 5])
    assert few.examples is None
    assert many.examples is None
    assert many.smallest < few.smallest


def test_results_of_other_data_cannot_be_paired():
    results = [made_up(values=answers(1), encoder="a"), made_up(values=answers(1, n=50), encoder="b")]
    with pytest.raises(SuperbLiteError, match="'a' and 'b' were measured on different test data"):
        plans(results, 0.02, seeds=[5])
