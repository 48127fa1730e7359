"""Which rows and columns of a board a reader wants, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from superb_lite.errors import UnknownNameError
from superb_lite_leaderboard.entry import Tier
from superb_lite_leaderboard.views.cells import OVERALL, BoardRow, Heading
from superb_lite_leaderboard.views.costs import AXES

ORDERS = ("name", "submitted")
"""What rows are sorted by beside their cells."""

COST = "cost:"
"""Comes before the keys of `views.costs.AXES`."""


@dataclass(frozen=True)
class BoardQuery:
    """What a reader asks for: options of the command line, or the query string of an address."""

    modality: str = ""
    """Only what is of this modality, and the entries that have an encoder of it. Empty: all."""
    tasksets: tuple[str, ...] = ()
    """Only tasks of these sets. Empty: all."""
    tier: Tier = Tier.REPORTED
    """The lowest that is shown."""
    search: str = ""
    """In names, tags and encoders, whatever the case."""
    sort: str = ""
    """`Heading.key`, one of `ORDERS`, or "cost:NAME", the cheapest first. Empty: as they are ranked, of one modality by
    its score."""
    pinned: tuple[str, ...] = ()
    """Names of entries that come first, whatever else is asked for."""

    def headings(self, all_: Sequence[Heading]) -> tuple[Heading, ...]:
        """The columns that are wanted. Raises `UnknownNameError` for a name that is not among them."""
        modalities = [heading.key for heading in all_ if heading.kind == "modality"]
        if self.modality and self.modality not in modalities:
            raise UnknownNameError("modality", self.modality, modalities)
        tasksets = {heading.taskset for heading in all_ if heading.taskset}
        for name in self.tasksets:
            if name not in tasksets:
                raise UnknownNameError("task set of this board", name, tasksets)
        return tuple(heading for heading in all_ if self._shows(heading))

    def rows(self, all_: Sequence[BoardRow], headings: Sequence[Heading]) -> tuple[BoardRow, ...]:
        """The rows that are wanted, sorted. headings: all columns, by which they may be sorted.

        Raises `UnknownNameError` for an order, or a pinned entry, that is not there.
        """
        first = [row for name in self.pinned for row in [_named(all_, name)]]
        rest = [row for row in all_ if row not in first and self._wants(row)]
        return (*first, *_sorted(rest, self.sort or self.modality or OVERALL, headings))

    def _shows(self, heading: Heading) -> bool:
        if self.modality and heading.modality != self.modality:
            return False
        return not (self.tasksets and heading.kind in ("set", "task") and heading.taskset not in self.tasksets)

    def _wants(self, row: BoardRow) -> bool:
        texts = (row.name, *row.about.tags, *row.encoders.values())
        found = self.search.casefold() in "\n".join(texts).casefold()
        return found and row.tier >= self.tier and (not self.modality or self.modality in row.encoders)


def _sorted(rows: Sequence[BoardRow], key: str, headings: Sequence[Heading]) -> list[BoardRow]:
    if key == OVERALL:
        return list(rows)  # as they are ranked
    if key == "name":
        return sorted(rows, key=lambda row: row.name.casefold())
    if key == "submitted":
        return sorted(rows, key=lambda row: row.submitted, reverse=True)
    if key in (costs := [f"{COST}{axis}" for axis in AXES]):
        cost = key.removeprefix(COST)
        known = sorted((row for row in rows if cost in row.costs), key=lambda row: row.costs[cost])
        return [*known, *(row for row in rows if cost not in row.costs)]
    by_key = {heading.key: heading for heading in headings}
    if key not in by_key:
        raise UnknownNameError("column to sort by", key, [*by_key, *ORDERS, *costs])
    sign = -1 if by_key[key].higher_is_better else 1
    scored = [row for row in rows if key in row.cells]
    return [
        *sorted(scored, key=lambda row: sign * row.cells[key].value),
        *(row for row in rows if key not in row.cells),
    ]


def _named(rows: Sequence[BoardRow], name: str) -> BoardRow:
    for row in rows:
        if name in (row.name, row.ref):
            return row
    raise UnknownNameError("entry of this board", name, [row.name for row in rows])


def tier_named(name: str) -> Tier:
    """The tier of a word. Raises `UnknownNameError`."""
    known = {tier.label: tier for tier in Tier}
    if name not in known:
        raise UnknownNameError("tier", name, known)
    return known[name]
