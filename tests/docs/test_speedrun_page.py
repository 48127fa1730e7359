"""docs/speedrun.md lists the records that the project keeps."""

from docs.speedrun_page import MARK, PAGE, RECORDS, page, row
from superb_lite.evaluation.speedrun import read_record
from tests.superb_lite.evaluation.test_speedrun import RECORD


def test_the_page_is_made_of_the_records():
    records = [read_record(path) for path in sorted(RECORDS.glob("*.json"))]
    assert page(PAGE.read_text(encoding="utf-8"), records) == PAGE.read_text(encoding="utf-8")


def test_a_row_says_what_was_reached_and_by_what():
    cells = [cell.strip() for cell in row(RECORD).split("|")[1:-1]]
    expected = ["`text-bert` (minute)", "held-out loss", "5.100", "5.023 (3)", "0.008", "300", "81", "2"]
    assert cells == [*expected, "larger steps: `--trainer.max_steps 300`"]
    assert page(f"before\n{MARK}old\n", [RECORD]).startswith(f"before\n{MARK}| objective")
