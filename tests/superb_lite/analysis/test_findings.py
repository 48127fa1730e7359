"""What an analysis hands over."""

from __future__ import annotations

import json

import numpy as np
import pytest

from superb_lite.analysis.claim import MORE_SEEDS, Claim, decided
from superb_lite.analysis.estimate import Estimate
from superb_lite.analysis.findings import Picture, Section, Table
from superb_lite.errors import SuperbLiteError
from tests.superb_lite.analysis.sections import a_section


def test_a_section_goes_through_json():
    section = a_section()
    again = Section.from_dict(json.loads(json.dumps(section.to_dict())))
    assert again == section
    assert again.pictures[0].draw is None
    assert again.table("scores").records()[0] == {"layer": 0, "score": 0.5, "score_low": 0.25, "score_high": None}


@pytest.mark.parametrize("values", [{}, {**a_section().to_dict(), "colour": 1}, {**a_section().to_dict(), "tables": 3}])
def test_something_else_is_no_section(values):
    with pytest.raises(SuperbLiteError, match="no section"):
        Section.from_dict(values)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seeds", "3"),
        ("seeds", True),
        ("seeds", -1),
        ("settings", []),
        ("encoders", "abc"),
        ("notes", [1]),
        ("title", None),
        ("tables.0.columns", [0, 1, 2, 3]),
        ("tables.0.rows", [[{}, 1, 2, 3]]),
        ("pictures.0.caption", 1),
        ("claims.0.value", "0.5"),
        ("claims.0.verdict", "maybe"),
        ("claims.0.needs", 1),
    ],
)
def test_a_field_of_another_type_is_no_section(field, value):
    values = json.loads(json.dumps(a_section().to_dict()))
    part, (*path, last) = values, field.split(".")
    for key in path:
        part = part[int(key) if key.isdigit() else key]
    part[last] = value
    with pytest.raises(SuperbLiteError, match="no section"):
        Section.from_dict(values)


def test_numbers_of_numpy_become_plain_and_what_is_not_finite_none():
    table = Table(name="t", title="T", columns=("a",), rows=((np.float32(0.5),), (float("nan"),), (np.int64(3),)))
    assert table.rows == ((0.5,), (None,), (3,))
    assert [type(row[0]) for row in table.rows] == [float, type(None), int]
    with pytest.raises(TypeError, match="a list"):
        Table(name="t", title="T", columns=("a",), rows=(([1],),))


def test_a_row_has_a_cell_for_each_column():
    with pytest.raises(ValueError, match="2 columns, but a row of 1"):
        Table(name="t", title="T", columns=("a", "b"), rows=((1,),))


@pytest.mark.parametrize("name", ["", "A", "a/b", "a..b", "-a", "a b"])
def test_names_are_fit_for_files(name):
    with pytest.raises(ValueError, match="lower-case"):
        Picture(name=name, title="", caption="", table="t")


def test_a_picture_shows_a_table_of_its_section():
    with pytest.raises(ValueError, match="'other', which is not there"):
        a_section(pictures=(Picture(name="p", title="", caption="", table="other"),))


def test_two_tables_of_one_name_are_refused():
    table = a_section().tables[0]
    with pytest.raises(ValueError, match="'scores' is the name of two"):
        a_section(tables=(table, table))


def test_a_claim_is_judged_by_its_interval():
    claim = Claim.judged(claim="c", source="s", measured="m", estimate=Estimate(0.5, 0.1, 0.9, 3))
    assert (claim.value, claim.low, claim.high, claim.verdict) == (0.5, 0.1, 0.9, "holds")
    with pytest.raises(ValueError, match="a verdict is one of"):
        Claim(claim="c", source="s", measured="m", verdict="maybe")


@pytest.mark.parametrize("verdict", ["holds", "does not hold", "not decided"])
@pytest.mark.parametrize(("seeds", "enough"), [(1, False), (2, False), (3, True)])
def test_few_pretraining_seeds_decide_nothing(verdict, seeds, enough):
    claim = Claim(claim="c", source="s", measured="m", verdict=verdict, needs="" if verdict == "holds" else "patience")
    (found,) = a_section(claims=(claim,), seeds=seeds).claims
    if enough:
        assert found == claim
    else:
        assert found.verdict == "not decided"
        assert found.needs == (f"{MORE_SEEDS}; patience" if verdict == "not decided" else MORE_SEEDS)
        assert decided([found], seeds) == (found,)
        assert found.measured == claim.measured
