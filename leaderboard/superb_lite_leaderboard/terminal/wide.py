"""A table whose columns go on in a further table where the terminal ends, so that no number is ever cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

from superb_lite.errors import one_line

GAP = 2
"""Spaces between columns."""

NARROWEST = 10
"""Characters that names may be folded to."""

LONGEST_NAME = 48
"""Characters of a name in a table; the middle of a longer one is left out."""


@dataclass(frozen=True)
class Part:
    """A column."""

    head: str
    """Of one line or several."""
    cells: Sequence[Text]
    left: bool = False
    """Whether it is text, which stands on the left."""

    @property
    def width(self) -> int:
        """Characters that it takes, without the gap beside it."""
        return max(cell.cell_len for text in (Text(self.head), *self.cells) for cell in text.split("\n"))


@dataclass(frozen=True)
class WideTable:
    """Names with as many columns as there is room for; further tables repeat the names for the other columns."""

    title: str
    names: Part
    """What the rows are called; folded where it is long."""
    parts: Sequence[Part]
    once: Sequence[Part] = field(default=())
    """Columns that stand left of the names, in every table."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        for number, shown in enumerate(self._split(options.max_width)):
            yield Text(self.title if number == 0 else f"{self.title}, continued", style="bold")
            yield self._table(shown, options.max_width)
            yield Text()

    def _split(self, width: int) -> list[list[Part]]:
        free = width - min(self.names.width, NARROWEST) - sum(part.width + GAP for part in self.once)
        groups: list[list[Part]] = [[]]
        left = free
        for part in self.parts:
            if groups[-1] and part.width + GAP > left:
                groups.append([])
                left = free
            groups[-1].append(part)
            left -= part.width + GAP
        return groups

    def _table(self, parts: Sequence[Part], width: int) -> Table:
        table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="dim")
        for part in self.once:
            _add(table, part)
        rest = sum(part.width + GAP for part in (*self.once, *parts))
        room = max(min(self.names.width, NARROWEST), width - rest)
        table.add_column(self.names.head, overflow="fold", width=min(self.names.width, room), vertical="bottom")
        for part in parts:
            _add(table, part)
        for row in zip(*(part.cells for part in (*self.once, self.names, *parts)), strict=True):
            table.add_row(*row)
        return table


def _add(table: Table, part: Part) -> None:
    table.add_column(
        Text(part.head),
        justify="left" if part.left else "right",
        width=part.width,
        no_wrap=True,
        vertical="bottom",
    )


def name_text(name: str, style: str = "") -> Text:
    """A stranger's name, on one line, its control characters escaped; never read as markup."""
    return Text(one_line(name, LONGEST_NAME), style=style)
