"""The best of several encoders on each task: validation decides, never the test."""

import pytest

from superb_lite.evaluation.best_of import best_by_validation
from tests.superb_lite.made_up_results import made_up


def result(task, encoder, validation, *, score=0.5, metric="accuracy"):
    """A result whose seeds chose heads with these validation scores (None: nothing was recorded)."""
    found = made_up(task, values=[[score, score]] * len(validation), encoder=encoder)
    seeds = [
        seed.model_copy(update={"chosen": {} if value is None else {"validation_score": value}})
        for seed, value in zip(found.seeds, validation, strict=True)
    ]
    return found.model_copy(update={"seeds": tuple(seeds), "metrics": {metric: score}})


def test_each_task_has_the_one_that_is_best_on_validation_whatever_the_test_says():
    first = [result("a/x", "one", [0.4, 0.6], score=0.9), result("a/y", "one", [0.7, 0.7], score=0.1)]
    second = [result("a/x", "two", [0.5, 0.7], score=0.2), result("a/y", "two", [0.9, 0.1], score=0.8)]
    found = best_by_validation([first, second])
    assert [(r.task, r.encoder, r.score) for r in found] == [("a/x", "two", 0.2), ("a/y", "one", 0.1)]


def test_of_errors_the_smaller_one_is_better_and_of_equals_the_first_stands():
    errors = [[result("a/x", name, [value], metric="eer")] for name, value in (("one", 0.3), ("two", 0.2))]
    assert best_by_validation(errors)[0].encoder == "two"
    equal = [[result("a/x", name, [0.2])] for name in ("one", "two")]
    assert best_by_validation(equal)[0].encoder == "one"


@pytest.mark.parametrize(("recorded", "chosen"), [((None, None), "one"), ((None, 0.1), "two"), ((0.1, None), "one")])
def test_without_a_validation_score_the_first_is_taken(recorded, chosen):
    candidates = [[result("a/x", name, [value])] for name, value in zip(("one", "two"), recorded, strict=True)]
    assert best_by_validation(candidates)[0].encoder == chosen


def test_nothing_of_nothing():
    assert best_by_validation([[], []]) == []
