"""The board as a table of cells: what the terminal, the page, the downloads and `--json` show."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from superb_lite_leaderboard.entry import Entry
from superb_lite_leaderboard.names import public_name
from superb_lite_leaderboard.ranking.ranking import Gain, Standings
from superb_lite_leaderboard.views import formats
from superb_lite_leaderboard.views.cells import BoardRow, Heading
from superb_lite_leaderboard.views.costs import AXES, CostAxis
from superb_lite_leaderboard.views.published import Published, published_rows
from superb_lite_leaderboard.views.query import BoardQuery
from superb_lite_leaderboard.views.rows import board_rows, headings


@dataclass(frozen=True)
class BoardView:
    """The whole table."""

    name: str
    version: int
    headings: tuple[Heading, ...]
    rows: tuple[BoardRow, ...]
    notes: tuple[str, ...]
    """One line for each result that was left out."""
    gains: tuple[Gain, ...] = ()
    """What pretraining brought; twins are named without paths."""
    published: tuple[Published, ...] = ()
    """What others published on tasks of the board: shown, never ranked."""
    query: BoardQuery = field(default_factory=BoardQuery)
    """What its rows and columns were chosen by."""
    chosen_from: BoardView | None = field(default=None, repr=False)
    """The board that they were chosen from; None of a whole one."""

    @classmethod
    def of(cls, standings: Standings, entries: Iterable[Entry]) -> BoardView:
        """The table of standings. entries: those that were ranked."""
        gains = tuple(dataclasses.replace(gain, twin=public_name(gain.twin)) for gain in standings.gains)
        rows = board_rows(standings, entries)
        return cls(
            name=standings.board.name,
            version=standings.board.version,
            headings=headings(standings),
            rows=rows,
            notes=standings.notes,
            gains=gains,
            published=published_rows(standings),
        )

    @property
    def whole(self) -> BoardView:
        """The board with all rows and columns."""
        return self.chosen_from or self

    @property
    def modalities(self) -> tuple[str, ...]:
        """In the order of the board."""
        return tuple(dict.fromkeys(heading.modality for heading in self.headings if heading.modality))

    @property
    def costs(self) -> tuple[CostAxis, ...]:
        """The costs that have a column."""
        return tuple(AXES[key] for key in self.query.costs)

    @property
    def order(self) -> str:
        """What the rows are sorted by; see `BoardQuery.order`."""
        return self.query.order(self.whole.headings)

    def heading(self, key: str) -> Heading:
        """The column of a key. Raises KeyError."""
        return {heading.key: heading for heading in self.headings}[key]

    def select(self, query: BoardQuery) -> BoardView:
        """The rows and columns of a query. Raises `UnknownNameError` for a name that the board does not have."""
        shown = query.headings(self.headings)
        rows = query.rows(self.rows, self.headings)
        names, keys = {row.name for row in rows}, {heading.key for heading in shown}
        gains = tuple(gain for gain in self.gains if gain.entry in names and gain.key in keys)
        sets = {heading.taskset for heading in shown if heading.kind == "task"}
        published = tuple(row for row in self.published if row.taskset in sets)
        return dataclasses.replace(
            self, headings=shown, rows=rows, gains=gains, published=published, query=query, chosen_from=self.whole
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values: the download and `superb-lite leaderboard show --json`."""
        keys = {heading.key for heading in self.headings}
        return {
            "board": self.name,
            "version": self.version,
            "columns": [dataclasses.asdict(heading) for heading in self.headings],
            "cost_columns": list(self.query.costs),
            "rows": [row.to_dict(keys) for row in self.rows],
            "gains": [{**dataclasses.asdict(gain), "ci": list(gain.ci)} for gain in self.gains],
            "published": [row.to_dict() for row in self.published],
            "notes": list(self.notes),
        }

    def table(self) -> tuple[list[str], list[list[str]]]:
        """The head and the rows as texts for people."""
        return formats.text_table(self.headings, self.rows, self.costs)

    def to_markdown(self) -> str:
        """A table of Markdown; the best of a column, and what is not significantly worse, is bold."""
        return formats.to_markdown(self.headings, self.rows, self.costs)

    def to_csv(self) -> str:
        """One line for each entry, numbers as they are: each score, and the ends of its interval."""
        return formats.to_csv(self.headings, self.rows)
