"""docs/tasks.md says what the calibration files say."""

import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def sheets():
    spec = importlib.util.spec_from_file_location("task_sheets", DOCS / "task_sheets.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(sheets):
    assert sheets.PAGE.read_text(encoding="utf-8") == sheets.page(), "write it again: make tasks"


FOUND = {
    "floor": {"accuracy": 0.2, "f1": 0.5},
    "ceiling": {"accuracy": 1.0, "f1": 0.9},
    "floor_is": "always 'a'",
    "ceiling_is": "the rule: x",
    "marks": {"raw:a": {"accuracy": 0.6, "f1": 0.6}, "untrained toy": {"accuracy": 0.2, "f1": 0.5}},
    "standard_error": {
        "floor": {"accuracy": 0.01, "f1": 0.02},
        "ceiling": {"accuracy": 0.0, "f1": 0.0},
        "marks": {"raw:a": {"accuracy": 0.01, "f1": 0.01}, "untrained toy": {"accuracy": 0.01, "f1": 0.01}},
    },
    "admission": {
        "smallest_difference": 6.1,
        "best_baseline": {"reference": "raw:a", "way": 37.5},
        "order": [{"worse": "floor", "better": "untrained", "difference": 0.0, "ci": [-1.0, 1.0], "holds": False}],
        "verdict": "refused: floor and untrained stand in the wrong order",
    },
}


def test_a_sheet_shows_where_each_mark_stands(sheets):
    from tests.superb_lite.toy_tasks import classify_data, toy_task

    task = toy_task(classify_data(), metrics=("accuracy", "f1"), description="which one")
    text = "\n".join(sheets.details(task, "frozen", FOUND))
    assert "| floor: always 'a' | 20.0 ± 1.0 / 50.0 ± 2.0 | 0 |" in text
    assert "| raw:a | 60.0 ± 1.0 / 60.0 ± 1.0 | 37.5 |" in text  # (50 + 25) / 2
    assert text.index("untrained toy") < text.index("raw:a") < text.index("ceiling: the rule: x")
    assert "Refused: floor and untrained stand in the wrong order." in text
    assert "untrained − floor +0.0 [-1.0, +1.0] (**wrong**)" in text
    line = sheets.row(task, "frozen", FOUND)
    assert line == "| `classify` | 20.0 / 50.0 | 100.0 / 90.0 | 0.0 | `raw:a`: 38 | 6.1 | **refused** |"
    assert sheets.row(task, "finetune", None) == "| `classify` (finetune) | | | | | | not calibrated |"
    ends = {key: FOUND[key] for key in ("floor", "ceiling")}
    assert sheets.row(task, "frozen", ends).endswith("| 20.0 / 50.0 | 100.0 / 90.0 | | | | not measured yet |")
