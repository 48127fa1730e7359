"""Rows and columns of a board as files: CSV with numbers as they are, Markdown with texts for people."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from superb_lite.errors import printable
from superb_lite.results.text import rank_text
from superb_lite_leaderboard.views.cells import BoardRow, Cell, Heading
from superb_lite_leaderboard.views.costs import AXES, CostAxis, cost_text
from superb_lite_leaderboard.views.query import COST

FACTS = ("name", "version", "submitted", "tier", "own_code", "reference", "group", "mean_rank", "iqm")
"""What a line of the CSV says of an entry before its scores."""


def text_table(
    headings: Sequence[Heading], rows: Sequence[BoardRow], costs: Sequence[CostAxis] = ()
) -> tuple[list[str], list[list[str]]]:
    """The head and the rows as texts for people."""
    head = ["entry", "checked", "group", *(heading.label for heading in headings), *(cost.head for cost in costs)]
    body = [
        [
            printable(row.name),
            row.tier.label,
            "–" if row.group is None else str(row.group),
            *(cell_text(row.cells.get(heading.key)) for heading in headings),
            *(cost_text(row.costs.get(cost.key)) for cost in costs),
        ]
        for row in rows
    ]
    return head, body


def cell_text(cell: Cell | None) -> str:
    """ "71.2 ± 1.3 (1–2)†", or a dash for what is not scored."""
    return "–" if cell is None else f"{cell.text} ({rank_text(cell.rank)}){cell.marks}"


def to_markdown(headings: Sequence[Heading], rows: Sequence[BoardRow], costs: Sequence[CostAxis] = ()) -> str:
    """A table of Markdown; the best of a column, and what is not significantly worse, is bold."""
    head, body = text_table(headings, rows, costs)
    for row, texts in zip(rows, body, strict=True):
        for place, heading in enumerate(headings, start=3):
            cell = row.cells.get(heading.key)
            if cell is not None and cell.leads:
                texts[place] = f"**{texts[place]}**"
    lines = [head, ["---"] * 3 + ["---:"] * (len(headings) + len(costs)), *body]
    return "".join(f"| {' | '.join(map(_plain, line))} |\n" for line in lines)


def to_csv(headings: Sequence[Heading], rows: Sequence[BoardRow]) -> str:
    """One line for each entry, numbers as they are: each score, the ends of its interval, and the costs."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    scores = [f"{heading.key}{part}" for heading in headings for part in ("", " lo", " hi")]
    writer.writerow([*FACTS, *scores, *(f"{COST}{key}" for key in AXES)])
    for row in rows:
        cells = [row.cells.get(heading.key) for heading in headings]
        numbers = [value for c in cells for value in (("", "", "") if c is None else (c.value, c.lo, c.hi))]
        facts = [row.name, row.version, row.submitted, row.tier.label, row.own_code, row.reference]
        ranks = ["" if value is None else value for value in (row.group, row.mean_rank, row.iqm)]
        writer.writerow([*map(_inert, facts), *ranks, *numbers, *(row.costs.get(key, "") for key in AXES)])
    return out.getvalue()


def _inert(value: object) -> object:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "\\`")
