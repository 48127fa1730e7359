"""The table of protocols and forms in docs/evaluation.md says what the code does."""

import re
from pathlib import Path

from superb_lite.forms import FORMS
from superb_lite.protocols import PROTOCOLS

PAGE = Path(__file__).parents[2] / "docs" / "evaluation.md"


def table():
    """form -> protocol -> cell, of the first table of the section."""
    section = PAGE.read_text(encoding="utf-8").split("## Protocols and forms\n")[1].split("\n## ")[0]
    table = re.search(r"^(\|.*\n)+", section, flags=re.MULTILINE)
    assert table is not None
    lines = table[0].splitlines()
    header, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    return {
        row[0].strip("`"): dict(zip((name.strip("`") for name in header[1:]), row[1:], strict=True)) for row in rows
    }


def test_the_table_has_every_form_and_protocol():
    found = table()
    assert sorted(found) == list(FORMS)
    assert {tuple(sorted(cells)) for cells in found.values()} == {tuple(PROTOCOLS)}


def test_the_table_has_a_cell_for_every_pair_that_goes_together_and_for_no_other():
    filled = {(form, protocol) for form, cells in table().items() for protocol, cell in cells.items() if cell != "—"}
    assert filled == {(f, p) for p in PROTOCOLS for f in FORMS if PROTOCOLS[p].takes(FORMS[f])}
