"""Paired comparisons: against a calculation with scipy, and what cannot be compared."""

import numpy as np
import pytest
from scipy import stats

from superb_lite import SuperbLiteError
from superb_lite.metrics import statistics
from superb_lite.metrics.statistics import interval
from superb_lite.results.comparison import compare, normalised_sample
from superb_lite.results.result import Result, SeedResult
from superb_lite.results.scale import Scale
from tests.superb_lite.made_up_results import made_up

FLOOR, CEILING = {"accuracy": 0.2}, {"accuracy": 0.7}


def result(task="t/one", *, values, encoder="x", **changes) -> Result:
    fields = {"ci": (0.0, 1.0), "floor": FLOOR, "ceiling": CEILING, "settings": {"steps": 3}}
    return made_up(task, values=values, encoder=encoder, **{**fields, **changes})


def tables(shift, *, seed=0, n=60, s=1):
    """Two encoders' values on the same clusters, the first better by about `shift`."""
    rng = np.random.default_rng(seed)
    common = rng.standard_normal(n)
    return [common + mean + 0.5 * rng.standard_normal((s, n)) for mean in (shift, 0.0)]


def test_a_difference_is_that_of_the_paired_t_test():
    one, other = tables(0.1)
    # Of a mean, not of right answers, whose differences have the variance of an example more.
    (found,) = compare([result(values=one, metric="char_f1")], [result(values=other, metric="char_f1")])
    expected = stats.ttest_rel(one[0], other[0])
    assert found.difference == pytest.approx((one - other).mean())
    assert found.p == pytest.approx(expected.pvalue)
    assert found.ci == pytest.approx(tuple(expected.confidence_interval(0.95)))
    assert (found.a, found.b, found.task, found.protocol) == ("A", "B", "t/one", "frozen")
    assert found.verdict == "undecided"


def test_the_verdict_names_the_better_one():
    one, other = tables(1.0)
    (found,) = compare([result(values=one)], [result(values=other)])
    (swapped,) = compare([result(values=other)], [result(values=one)])
    assert (found.verdict, swapped.verdict) == ("A better", "B better")
    assert swapped.difference == pytest.approx(-found.difference)


def test_p_values_are_adjusted_over_everything_shown():
    a, b = tables(0.3, seed=1)
    c, d = tables(0.3, seed=2, n=80)
    scores = [[result("t/one", values=x), result("t/two", values=y)] for x, y in ((a, c), (b, d), (a + 2, c + 2))]
    found = compare(*scores)
    assert [(d.a, d.b, d.task) for d in found] == [
        (*pair, task) for pair in ("AB", "AC", "BC") for task in ("t/one", "t/two", None)
    ]
    raw = []
    for x, y in ((0, 1), (0, 2), (1, 2)):
        pairs = list(zip(scores[x], scores[y], strict=True))
        raw += [interval(one.sample().minus(other.sample())).p_value() for one, other in pairs]
        both = [
            normalised_sample(one, Scale(FLOOR, CEILING)).minus(normalised_sample(other, Scale(FLOOR, CEILING)))
            for one, other in pairs
        ]
        whole = statistics.mean_interval(both, [0.5, 0.5])
        raw.append(whole.p_value())
        mean = next(d for d in found if (d.a, d.b, d.task) == ("ABC"[x], "ABC"[y], None))
        assert (mean.difference, *mean.ci) == pytest.approx((whole.estimate, whole.lo, whole.hi))
        assert mean.difference == pytest.approx(
            np.mean([100 * (one.score - other.score) / 0.5 for one, other in pairs])
        )
    order = np.argsort(raw)
    adjusted = np.empty(9)
    running = 0.0
    for rank, i in enumerate(order):
        running = max(running, min(1.0, (9 - rank) * raw[i]))
        adjusted[i] = running
    assert [d.p for d in found] == pytest.approx(list(adjusted))


def test_the_mean_needs_two_columns_and_one_scale():
    one, other = tables(0.3)

    def means(**changes):
        mine = [result("t/one", values=one), result("t/two", values=one)]
        theirs = [result("t/one", values=other), result("t/two", values=other, **changes)]
        return [d for d in compare(mine, theirs) if d.task is None]

    assert len(means()) == 1
    assert means(floor=None, ceiling=None) == []
    assert means(ceiling={"accuracy": 0.9}) == []


def test_only_shared_tasks_and_shared_seeds_are_compared():
    one, other = tables(0.3, s=5)
    mine = [result("t/one", values=one), result("t/two", values=one)]
    (found,) = compare(mine, [result("t/one", values=other[:3])])
    assert found.task == "t/one"
    assert found.difference == pytest.approx((one[:3] - other[:3]).mean())


def test_results_survive_the_comparison_with_themselves():
    one = result(values=tables(0.0)[0])
    (found,) = compare([one], [one])
    assert (found.difference, found.p, found.verdict) == (0.0, 1.0, "undecided")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"task_version": 2}, "task versions 1 and 2"),
        ({"data_sha256": "f" * 64}, "other data"),
        ({"limit": 60}, "other test examples"),
        ({"clusters": tuple(f"c{j}" for j in range(60))}, "other test examples"),
        ({"settings": {"steps": 4}}, "other settings"),
        ({"protocol": "finetune"}, "under frozen for A ('x') but under finetune for B ('y')"),
        ({"task": "t/other"}, "A ('x') and B ('y') have no task in common"),
        (
            {"seeds": (SeedResult(seed=7, score=0.5, metrics={"accuracy": 0.5}, chosen={}, parameters={}),)},
            "only evaluation seeds 0, 1, 2",
        ),
    ],
)
def test_what_is_not_comparable_is_refused_in_one_line(changes, message):
    one, other = tables(0.3)
    with pytest.raises(SuperbLiteError) as refused:
        compare([result(values=one)], [result(values=other, encoder="y").replace(**changes)])
    assert message in str(refused.value)
    assert "'t/one'" in str(refused.value) or "in common" in message
    assert "\n" not in str(refused.value)


def test_bad_arguments_are_refused():
    one = result(values=tables(0.0)[0])
    for sides, message in (
        ([[one]], "2 to 26 encoders"),
        ([[one], []], "encoder B has no results"),
        ([[one, one], [one]], "encoder A has two results on 't/one'"),
    ):
        with pytest.raises(SuperbLiteError, match=message):
            compare(*sides)


def equal_encoders_differ(rng) -> bool:
    """Whether four equally good encoders on two tasks get any verdict."""
    sides: list[list[Result]] = [[], [], [], []]
    for name in ("t/one", "t/two"):
        ease = rng.standard_normal(60)
        for side in sides:
            latent = ease + 0.15 * rng.standard_normal((5, 1)) + 0.7 * rng.standard_normal((5, 60))
            side.append(result(name, values=latent < 0.5))
    return any(d.verdict != "undecided" for d in compare(*sides))


@pytest.mark.parametrize("repetitions", [60, pytest.param(300, marks=pytest.mark.slow)])
def test_equal_encoders_get_a_verdict_in_at_most_5_percent(repetitions):
    rng = np.random.default_rng(3)
    share = np.mean([equal_encoders_differ(rng) for _ in range(repetitions)])
    print(f"four equal encoders: a verdict in {100 * share:.1f} % of {repetitions} comparisons")
    assert share <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / repetitions)
