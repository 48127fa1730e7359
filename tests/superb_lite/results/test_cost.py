"""Cost: bounds, what several come to, and the words for it."""

from __future__ import annotations

import json
import math

import pytest
from pydantic import ValidationError

from superb_lite.results.cost import Cost, quantity
from superb_lite.results.pretraining import Pretraining
from superb_lite.results.result import Result
from tests.superb_lite.made_up_results import made_up, without_predictions

COST = Cost(
    parameters=1_204_868,
    active_parameters=396_800,
    flops=33_100_000,
    items_per_second=1509.4,
    batch_size=32,
    peak_memory=8_534_544,
    device="cpu: a processor",
    threads=1,
)
RESULT = made_up(values=[[0.0, 1.0, 0.5]])


@pytest.mark.parametrize(
    "changes",
    [
        {"parameters": -1},
        {"parameters": 2**63},
        {"parameters": 1.5},
        {"flops": 10**30},
        {"items_per_second": 0.0},
        {"items_per_second": math.inf},
        {"items_per_second": math.nan},
        {"peak_memory": -1},
        {"device": "x" * 101},
        {"device": ""},
        {"price": 3},
    ],
)
def test_what_is_out_of_bounds_is_refused(changes):
    with pytest.raises(ValidationError):
        Cost(**changes)


def test_a_result_comes_back_with_its_cost():
    result = RESULT.replace(cost=COST)
    again = Result.model_validate_json(result.model_dump_json())
    assert again == without_predictions(result)
    assert again.cost == COST
    assert again.summary()["cost"]["flops"] == 33_100_000
    assert RESULT.summary()["cost"] is None


def test_a_result_from_before_keeps_its_checksum():
    content = json.loads(RESULT.model_dump_json())
    del content["cost"], content["pretraining"]
    assert Result.model_validate_json(json.dumps(content)).checksum() == RESULT.checksum()
    # As it was computed before there was a cost, of a result that had none.
    assert RESULT.checksum() == "918012381a800806833dca80e3fe16d4ccc7b56825b6437598ee76ba04b076b9"


def test_a_result_with_pretraining_from_before_keeps_its_checksum():
    """Boards and result files hold these checksums: a field that comes later must not change them by its default."""
    told = RESULT.replace(pretraining=Pretraining(objective="text-bert", steps=650, corpora=("a", "b")))
    assert told.checksum() == "d207868be62842a84b45324d8836467de913217a757858d85b2da5a3819171ce"
    partly = told.replace(pretraining=told.pretraining.model_copy(update={"corpora_complete": False}))
    assert partly.checksum() != told.checksum()


def test_the_checksum_sees_the_cost():
    other = COST.model_copy(update={"flops": 1})
    assert len({r.checksum() for r in (RESULT, RESULT.replace(cost=COST), RESULT.replace(cost=other))}) == 3


def test_several_costs_come_to_one():
    costs = [
        Cost(parameters=5, flops=10, items_per_second=s, device=d) for s, d in ((1.0, "a"), (9.0, "a"), (2.0, "b"))
    ]
    assert Cost.overall(costs) == Cost(parameters=5, flops=10, items_per_second=2.0)
    assert Cost.overall(costs[:2]).device == "a"
    assert Cost.overall([Cost(), Cost(flops=3), Cost(flops=4)]) == Cost(flops=4)  # 3.5, to the even
    assert Cost.overall([]) is None
    assert Cost.overall([COST]) == COST


def test_words():
    assert COST.words() == (
        "1.20 M parameters (397 k active), 33.1 M FLOPs an item, 1.51 k items/s (cpu: a processor, 1 thread), "
        "8.53 MB memory"
    )
    assert Cost().words() == ""
    assert Cost(parameters=3, active_parameters=3).words() == "3 parameters"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (7, "7"),
        (0.126, "0.13"),
        (812, "812"),
        (999.4, "999"),
        (999.6, "1.00 k"),
        (1_230_000, "1.23 M"),
        (12_340, "12.3 k"),
        (45.6e9, "45.6 G"),
        (2e12, "2 T"),
        (5e15, "5000 T"),
    ],
)
def test_quantities(value, text):
    assert quantity(value) == text
