"""docs/transfer.md and what writes its tables."""

from __future__ import annotations

import json

import pytest

from docs.transfer_page import END, EXPERIMENTS, IMAGES, MARK, PAGE, page_tables, sizes, with_tables
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


def a_report(name: str, parameters: int) -> dict:
    task = "sequence-lite/amp"
    differences = [
        {"a": a, "b": b, "task": each, "value": 0.05, "ci": [-0.01, 0.11]}
        for a, b in (("BERT", "rand"), ("BERT", "re-emb"))
        for each in (task, None)
    ]
    scores = [{"row": row, "task": task, "value": value} for row, value in (("BERT", 0.6), ("rand", 0.55))]
    return {
        "texts": [name],
        "parameters": [parameters],
        "mappings": 2,
        "scores": scores,
        "differences": differences,
    }


def test_sizes_have_a_line_for_each_encoder_and_task_small_ones_first():
    reports = [(EXPERIMENTS[0], a_report("large", 22_700_000)), (EXPERIMENTS[1], a_report("small", 1_200_000))]
    rows = [line for line in sizes(reports).splitlines() if "million" in line]
    assert rows == [
        "| small | 1.2 million | all | amp | 60.0 | 55.0 | +5.0 [−1.0, +11.0] | 1 × 2 |",
        "| large | 22.7 million | few | amp | 60.0 | 55.0 | +5.0 [−1.0, +11.0] | 1 × 2 |",
    ]


def test_what_was_published_stands_once_after_all_tables(tmp_path):
    folders = {each.name: tmp_path / each.name for each in EXPERIMENTS}
    for name, folder in folders.items():
        folder.mkdir()
        (folder / "transfer.json").write_text(json.dumps(a_report(name, 1_200_000)))
        (folder / "transfer.md").write_text(
            f"### Scores of {name}\n\n### Published (x)\n\n| table |\n\n- BERT: {name}\n"
        )
    page = page_tables(folders)
    assert page.count("### Published") == 1
    assert page.endswith("### Published (x)\n\n| table |\n")
    for each in EXPERIMENTS[:2]:
        assert f"## {each.title}\n\n### Scores of {each.name}" in page
        assert f"- BERT: {each.name}\n" in page


def test_the_pictures_of_the_page_are_there():
    page = PAGE.read_text(encoding="utf-8")
    named = {part.partition(")")[0] for part in page.split("](images/")[1:]}
    assert named
    assert all((IMAGES / name).exists() for name in named)
