"""What a task must show to be admitted."""

import itertools
import json
import math

import numpy as np
import pytest

from superb_lite.evaluation import admission
from superb_lite.evaluation.admission import (
    CORE_LIMIT,
    LIMIT,
    assess,
    separation,
    too_short,
    typical_smallest_difference,
)
from superb_lite.evaluation.marks import Marks
from superb_lite.metrics.statistics import Sample, interval, smallest_difference

N = 400


def table(values):
    values = np.asarray(values, dtype=float)
    return Sample(float(values.mean()), values, tuple(f"c{j}" for j in range(values.shape[1])))


def slow_error(lower, upper):
    """The standard error of mean(upper) - mean(lower), with loops over rows and clusters."""
    rows, n = lower.shape
    cells = [[upper[:, j].mean() - lower[i, j] for j in range(n)] for i in range(rows)]
    grand = np.mean(cells)
    columns = [np.mean([cells[i][j] for i in range(rows)]) for j in range(n)]
    by_row = [np.mean(cells[i]) for i in range(rows)]
    examples = sum((c - grand) ** 2 for c in columns) / (n - 1) / n
    between = sum((r - grand) ** 2 for r in by_row) / (rows - 1) / rows
    rest = sum((cells[i][j] - columns[j] - by_row[i] + grand) ** 2 for i in range(rows) for j in range(n))
    return np.sqrt(examples + max(0.0, between - rest / ((rows - 1) * (n - 1)) / n / rows))


def test_the_standard_error_is_that_of_a_hand_written_table():
    rng = np.random.default_rng(0)
    lower = 0.3 + 0.05 * rng.standard_normal((10, 1)) + rng.standard_normal((10, 50))
    upper = 0.9 + rng.standard_normal((1, 50))
    found = separation(table(lower), table(upper))
    assert found.estimate == pytest.approx(upper.mean() - lower.mean())
    assert np.sqrt(found.variance) == pytest.approx(slow_error(lower, upper))


def test_the_noise_that_both_share_drops_out():
    rng = np.random.default_rng(0)
    ease = rng.standard_normal(50)
    lower, upper = table(ease + 0.1 * rng.standard_normal((10, 50))), table(1.0 + ease[None, :])
    assert separation(lower, upper).variance < 0.01 * (interval(lower).variance + interval(upper).variance)


def test_a_ceiling_close_to_the_floor_is_named_with_numbers():
    rng = np.random.default_rng(1)
    floor = table(rng.integers(0, 2, (1, 100)))
    error = np.sqrt(separation(floor, table(np.ones((1, 100)))).variance)

    def fault(standard_errors):
        return too_short("accuracy", floor, table(np.full((1, 100), floor.estimate + standard_errors * error)))

    assert fault(5.01) == ""
    for too_few in (4.99, 0.0, -9.0):
        assert f"from the floor ({100 * floor.estimate:.1f})" in fault(too_few)
        assert f"{100 * error:.1f} (standard error)" in fault(too_few)


def test_of_errors_the_ceiling_is_the_smaller_one():
    few, many = table(np.full((1, 100), 0.1)), table(np.full((1, 100), 0.4))
    assert too_short("eer", many, few) == ""
    assert "the ceiling of eer (40.0) is +30.0" in too_short("eer", few, many)


def scores(mean, *, rows=5, n=N, label="", spread=0.0):
    """(rows, n) right and wrong answers to the same questions."""
    rng = np.random.default_rng(sum(map(ord, label)))
    ease = np.random.default_rng(7).uniform(size=n)
    level = mean + spread * rng.standard_normal((rows, 1))
    return table((ease[None, :] + 0.2 * rng.standard_normal((rows, n)) < level).astype(float))


def found(*, floor=0.2, ceiling=0.95, untrained=0.35, baseline=0.4, references=None, pairs=(), n=N, spread=0.0):
    marks = Marks(
        untrained={"accuracy": scores(untrained, rows=10, n=n, label="untrained", spread=spread)},
        twin={"accuracy": scores(untrained, n=n, label="twin", spread=spread)},
        baselines={"raw:a": {"accuracy": scores(baseline, n=n, label="a", spread=spread)}},
        references={
            name: {"accuracy": scores(mean, n=n, label=name, spread=spread)}
            for name, mean in (references or {}).items()
        },
    )
    order = [np.arange(n), np.random.default_rng(2).permutation(n)]
    ends = [
        {"accuracy": table((rank < mean * n).astype(float)[None])}
        for rank, mean in zip(order, (floor, ceiling), strict=True)
    ]
    return assess(*ends, marks, pairs)


def test_a_good_task_is_admitted():
    good = found(n=4000, references={"one": 0.5, "two": 0.7}, pairs=[("untrained", "one"), ("one", "two")])
    assert good.faults == ()
    assert good.smallest_difference < CORE_LIMIT
    assert good.verdict == "admitted, core"
    assert good.best_baseline == "raw:a"
    assert good.way == pytest.approx(100 * (0.4 - 0.2) / 0.75, abs=4)
    assert [(pair.worse, pair.better) for pair in good.order] == [
        ("floor", "untrained"),
        ("untrained", "ceiling"),
        ("untrained", "one"),
        ("one", "two"),
    ]
    assert all(pair.holds and pair.ci[0] < pair.difference < pair.ci[1] for pair in good.order)


def test_what_is_too_coarse_for_the_core_board_may_still_be_admitted():
    between = found(n=350)
    assert CORE_LIMIT < between.smallest_difference < LIMIT
    assert between.verdict == "admitted"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"n": 60}, "the smallest difference that it shows is"),
        ({"baseline": 0.7}, "raw:a is 6"),
        ({"untrained": 0.05}, "floor and untrained stand in the wrong order"),
        ({"references": {"one": 0.7, "two": 0.5}, "pairs": [("one", "two")]}, "one and two stand in the wrong order"),
        ({"references": {"one": 0.5, "two": 0.501}, "pairs": [("one", "two")]}, "one and two stand in the wrong order"),
        ({"untrained": 1.3}, "untrained and ceiling stand in the wrong order"),
        ({"ceiling": 0.21}, "the ceiling of accuracy (21"),
    ],
)
def test_each_fault_is_named(changes, words):
    refused = found(**{"n": 4000, **changes})
    assert any(words in fault for fault in refused.faults), refused.faults
    assert refused.verdict.startswith("refused: ")
    assert refused.long_enough == ("ceiling" not in changes)
    assert json.loads(json.dumps(refused.to_dict(), allow_nan=False))["verdict"] == refused.verdict


def test_untrained_encoders_at_chance_are_in_order():
    assert found(n=4000, untrained=0.2).faults == ()


def test_the_smallest_difference_is_the_median_over_pairs_that_differ():
    rng = np.random.default_rng(3)
    samples = [table(rng.standard_normal((5, 30))) for _ in range(3)]
    expected = np.median([smallest_difference(a.minus(b)) for a, b in itertools.combinations(samples, 2)])
    assert typical_smallest_difference(samples) == pytest.approx(expected)
    equal = table(np.full((5, 30), 0.5))
    assert typical_smallest_difference([equal, equal]) == math.inf
    assert typical_smallest_difference([equal, equal, samples[0]]) == pytest.approx(
        smallest_difference(equal.minus(samples[0]))
    )


def test_what_cannot_be_measured_is_refused():
    constant = {"accuracy": table(np.full((5, N), 0.2))}
    marks = Marks(constant, constant, {"raw:a": constant}, {})
    ends = [{"accuracy": table(np.full((1, N), value))} for value in (0.2, 1.0)]
    refused = admission.assess(*ends, marks)
    assert refused.to_dict()["smallest_difference"] is None
    assert "no two marks differ" in refused.verdict
