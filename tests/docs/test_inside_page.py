"""docs/inside.md and what writes it."""

from __future__ import annotations

import json
import re

import pytest

from docs.inside_page import (
    IMAGES,
    MARK,
    PAGE,
    SECTIONS,
    escaped,
    image,
    of_section,
    ordered,
    rounded,
    short_paths,
    take,
    with_code,
    with_sections,
)
from superb_lite.analysis.writing import read_sections, write_section
from tests.superb_lite.analysis.sections import a_section

LARGEST = 400_000
"""Bytes of a section's file."""


def test_the_page_is_made_of_the_sections_that_lie_there():
    page = PAGE.read_text(encoding="utf-8")
    sections = ordered(read_sections(SECTIONS))
    assert with_sections(page, sections) == page, "run: make inside"
    assert all((IMAGES / image(section, each.name)).exists() for section in sections for each in section.pictures)
    known = {image(section, each.name) for section in sections for each in section.pictures}
    assert {path.name for path in IMAGES.glob("inside-*")} == known


def test_every_link_of_the_page_leads_somewhere():
    page = PAGE.read_text(encoding="utf-8")
    headings = set(re.findall(r'^## <a id="(.*?)"></a>', page, re.MULTILINE))
    for link in re.findall(r"\]\(([^)\s]+)\)", page):
        path, _, target = link.partition("#")
        assert (PAGE.parent / path).exists() if path else target in headings, link


def test_files_are_small_and_name_no_machine():
    for path in SECTIONS.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert len(text) < LARGEST, path.name
        assert not re.search(r"(?<![\w.])/(tmp|home|root|work|Users)/", text), path.name


def test_a_section_is_taken_over_with_its_pictures(tmp_path):
    section = a_section(command="superb-lite analyze layers /home/me/runs/bert-0 b --tasks clue-lite/pos")
    write_section(section, tmp_path / "out")
    (tmp_path / "images").mkdir()
    take(tmp_path / "out", tmp_path / "sections", tmp_path / "images")
    (found,) = read_sections(tmp_path / "sections")
    assert found.command == "superb-lite analyze layers bert-0 b --tasks clue-lite/pos"
    assert found.tables == section.tables
    text = (tmp_path / "sections" / "layers.json").read_text()
    assert "[0, 0.5, 0.25, null]" in text  # a row a line
    assert json.loads(text)["settings"] == {"tasks": ["x"]}
    assert (tmp_path / "images" / "inside-layers-curve.svg").read_bytes().startswith(b"<?xml")


def test_the_page_shows_claims_pictures_numbers_and_the_command():
    page = with_sections(
        f"before\n{MARK}old\n<!-- end of the sections -->\nafter\n", [a_section(), a_section(variant="x")]
    )
    assert page.startswith("before\n")
    assert page.endswith("after\n")
    assert "old" not in page
    assert page.count("0.250 [−0.100, 0.600] | **not decided** | [layers](#layers), 3 seeds |") == 1
    assert "![Scores](images/inside-layers-x-curve.svg)" in page
    assert "| 1 | 0.750 [0.700, 0.800] |" in page
    assert "To decide what is open: more seeds." in page
    assert "superb-lite analyze layers a b c --tasks x" in page
    assert "another one may say" not in page
    assert "**1 pretraining seed: another one may say" in of_section(a_section(seeds=1))


def test_a_page_without_a_place_is_refused():
    with pytest.raises(ValueError, match="no place"):
        with_sections(f"before\n{MARK}", [])


def test_texts_are_plain_and_numbers_short():
    assert escaped("a|b *c*\n<d> [e] [f](g)") == r"a\|b \*c\* \<d\> [e] [f]\(g)"
    assert rounded({"x": [1.23456789, 2, None, "0.123456789"]}) == {"x": [1.23457, 2, None, "0.123456789"]}
    assert short_paths(["/a/b/c d/e ../f ./g", "clue-lite/pos", "12/34"]) == [
        "c d/e ../f ./g",
        "clue-lite/pos",
        "12/34",
    ]


def test_code_in_a_note_stays_code():
    assert with_code("a_b `run --a_b|c *d*` `open") == r"a\_b `run --a_b|c *d*` \`open"


def test_known_analyses_come_in_the_order_of_the_page():
    named = [a_section(analysis=name) for name in ("zebra", "similarity", "context", "another")]
    assert [section.analysis for section in ordered(named)] == ["context", "similarity", "another", "zebra"]
