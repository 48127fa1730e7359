"""docs/transfer.md and what writes its tables."""

from __future__ import annotations

import pytest

from docs.transfer_page import END, MARK, PAGE, with_tables
from superb_lite.analysis.transfer.published import PUBLISHED, SOURCE


def test_tables_take_the_place_of_those_before_and_nothing_else_changes():
    page = f"before\n{MARK}old\n{END}after\n"
    once = with_tables(page, "| new |\n")
    assert once == f"before\n{MARK}\n| new |\n\n{END}after\n"
    assert with_tables(once, "| new |\n") == once


def test_a_page_without_a_place_is_refused():
    with pytest.raises(ValueError, match="no place"):
        with_tables(f"before\n{MARK}", "x")


def test_the_page_shows_ours_beside_what_was_published():
    page = PAGE.read_text(encoding="utf-8")
    tables = page.partition(MARK)[2].partition(END)[0]
    assert SOURCE in tables
    for row, values in PUBLISHED.items():
        cells = " | ".join("" if value is None else f"{value:.1f}" for value in values)
        assert f"| {row} | {cells} |" in tables
    assert "### Paired differences, points" in tables
