"""Tables of analyses as people see them."""

from __future__ import annotations

import pytest

from superb_lite.analysis.claim import Claim
from superb_lite.analysis.findings import Table
from superb_lite.analysis.report.shown import shown_number, shown_table, shown_value


def test_an_interval_stands_beside_its_number():
    columns = ("layer", "mean_score", "mean_score_low", "mean_score_high", "tag")
    rows = ((0, 0.5, 0.25, 0.75, "a"), (10, 0.625, None, None, "b"), (11, None, None, None, None))
    shown = shown_table(Table(name="t", title="T", columns=columns, rows=rows))
    assert shown.columns == ("layer", "mean score", "tag")
    assert shown.numeric == (True, True, False)
    assert shown.rows == (("0", "0.500 [0.250, 0.750]", "a"), ("10", "0.625", "b"), ("11", "–", "–"))


def test_a_column_that_only_ends_like_an_interval_stays():
    shown = shown_table(Table(name="t", title="T", columns=("x_low", "y"), rows=((1.0, 2.0),)))
    assert shown.columns == ("x low", "y")
    assert shown.rows == (("1.000", "2.00"),)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (12345, "12,345"),
        (-12345, "−12,345"),
        (0.1234, "0.123"),
        (-0.5, "−0.500"),
        (7.125, "7.12"),
        (99.44, "99.4"),
        (123456.7, "123,457"),
        (0.00002, "2e-05".replace("-", "−")),
        (0.0, "0.000"),
        (True, "yes"),
        (None, "–"),
        ("-x", "-x"),
    ],
)
def test_numbers_have_three_digits(value, text):
    assert shown_number(value) == text


def test_a_claim_without_a_number_shows_none():
    assert shown_value(Claim(claim="c", source="s", measured="m")) == ""
    assert shown_value(Claim(claim="c", source="s", measured="m", value=0.5)) == "0.500"
    assert shown_value(Claim(claim="c", source="s", measured="m", value=5.0, low=-1.0, high=11.0)) == "5.0 [−1.0, 11.0]"
    near = Claim(claim="c", source="s", measured="m", value=0.0023, low=0.00017, high=0.0044)
    assert shown_value(near) == "0.0023 [0.0002, 0.0044]"  # its lower end is above 0, and is seen to be
    nothing = Claim(claim="c", source="s", measured="m", value=-0.0001, low=-0.01, high=0.01)
    assert shown_value(nothing) == "0.000 [−0.010, 0.010]"
