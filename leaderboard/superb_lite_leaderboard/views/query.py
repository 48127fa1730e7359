"""Which rows and columns of a board a reader wants, and in which order."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from superb_lite.errors import UnknownNameError
from superb_lite_leaderboard.entry import Tier
from superb_lite_leaderboard.views.cells import OVERALL, BoardRow, Heading
from superb_lite_leaderboard.views.costs import AXES

ORDERS = ("name", "submitted", "mean-rank", "iqm")
"""What rows are sorted by beside their cells and costs."""

COST = "cost:"
"""Comes before the keys of `views.costs.AXES`."""

REVERSED = "-"
"""Comes before an order that is wanted the other way round."""


@dataclass(frozen=True)
class BoardQuery:
    """What a reader asks for: options of the command line, or the query string of an address."""

    modality: str = ""
    """Only what is of this modality, and the entries that have an encoder of it. Empty: all."""
    tasksets: tuple[str, ...] = ()
    """Only tasks of these sets and the means of them, and the entries that have any of these. Empty: all."""
    tier: Tier = Tier.REPORTED
    """The lowest that is shown."""
    tag: str = ""
    """Only entries that have this tag, whatever the case. Empty: all."""
    search: str = ""
    """In names, tags and encoders, whatever the case."""
    most_parameters: float | None = None
    """Only entries that are known to have at most so many. None: all."""
    costs: tuple[str, ...] = ()
    """Keys of `views.costs.AXES` that have a column beside the scores."""
    sort: str = ""
    """`Heading.key`, one of `ORDERS`, or "cost:NAME", the cheapest first; with `REVERSED` before it the other way
    round. Empty: as they are ranked, of one modality or set by its score."""
    pinned: tuple[str, ...] = ()
    """Names of entries that come first, whatever else is asked for."""

    def order(self, all_: Sequence[Heading]) -> str:
        """What rows are sorted by, whether or not somebody asked for it. all_: the columns of the board."""
        if self.sort:
            return self.sort
        scores = [heading.key for heading in all_ if heading.kind != "task" and self._shows(heading, all_)]
        return scores[0] if self.tasksets and scores else self.modality or OVERALL

    def headings(self, all_: Sequence[Heading]) -> tuple[Heading, ...]:
        """The columns that are wanted. Raises `UnknownNameError` for a name that is not among them."""
        modalities = [heading.key for heading in all_ if heading.kind == "modality"]
        if self.modality and self.modality not in modalities:
            raise UnknownNameError("modality", self.modality, modalities)
        tasksets = {heading.taskset for heading in all_ if heading.taskset}
        for name in self.tasksets:
            if name not in tasksets:
                raise UnknownNameError("task set of this board", name, tasksets)
        for name in self.costs:
            if name not in AXES:
                raise UnknownNameError("cost column", name, AXES)
        return tuple(heading for heading in all_ if self._shows(heading, all_))

    def rows(self, all_: Sequence[BoardRow], headings: Sequence[Heading]) -> tuple[BoardRow, ...]:
        """The rows that are wanted, sorted. headings: all columns, by which they may be sorted.

        Raises `UnknownNameError` for an order, a tag or a pinned entry that is not there.
        """
        tags = {tag.casefold(): tag for row in all_ for tag in row.about.tags}
        if self.tag and self.tag.casefold() not in tags:
            raise UnknownNameError("tag", self.tag, tags.values())
        first = [row for name in self.pinned for row in [_named(all_, name)]]
        keys = {heading.key for heading in headings if self._shows(heading, headings)} if self.tasksets else set()
        rest = [row for row in all_ if row not in first and self._wants(row) and (not keys or keys & row.cells.keys())]
        return (*first, *_sorted(rest, self.order(headings), headings))

    def _shows(self, heading: Heading, all_: Sequence[Heading]) -> bool:
        if self.modality and heading.modality != self.modality:
            return False
        if not self.tasksets or heading.kind == "task":
            return not self.tasksets or heading.taskset in self.tasksets
        return heading.key in {self._score(name, heading.modality, all_) for name in self.tasksets}

    @staticmethod
    def _score(taskset: str, modality: str, all_: Sequence[Heading]) -> str:
        """The key of the score that is the mean of the tasks of a set and a modality; empty where there is none."""
        tasks = [heading for heading in all_ if heading.kind == "task"]
        wanted = {heading.key for heading in tasks if (heading.taskset, heading.modality) == (taskset, modality)}
        scores = [heading for heading in all_ if heading.kind != "task" and heading.modality == modality]
        found = {score.kind: score.key for score in scores if {t.key for t in tasks if score.covers(t)} == wanted}
        return next((found[kind] for kind in ("set", "language", "modality") if kind in found), "") if wanted else ""

    def _wants(self, row: BoardRow) -> bool:
        texts = (row.name, *row.about.tags, *row.encoders.values())
        most = self.most_parameters
        return (
            self.search.casefold() in "\n".join(texts).casefold()
            and row.tier >= self.tier
            and (not self.modality or self.modality in row.encoders)
            and (not self.tag or self.tag.casefold() in map(str.casefold, row.about.tags))
            and (most is None or row.costs.get("parameters", math.inf) <= most)
        )


def _sorted(rows: Sequence[BoardRow], order: str, headings: Sequence[Heading]) -> list[BoardRow]:
    if order == OVERALL:
        return list(rows)  # as they are ranked
    key, reverse = order.removeprefix(REVERSED), order.startswith(REVERSED)
    if key == "name":
        return sorted(rows, key=lambda row: row.name.casefold(), reverse=reverse)
    if key == "submitted":
        return sorted(rows, key=lambda row: row.submitted, reverse=not reverse)
    value = _value(key, headings)
    known = [row for row in rows if value(row) is not None]
    # What has no such value comes last, whichever way the others are sorted.
    return [*sorted(known, key=value, reverse=reverse), *(row for row in rows if value(row) is None)]


def _value(key: str, headings: Sequence[Heading]) -> Callable[[BoardRow], Any]:
    """What rows are sorted by under a key, the best first; None of a row that has none."""

    def found(sign: int, value: float | None) -> float | None:
        return None if value is None else sign * value

    if key == "mean-rank":
        return lambda row: row.mean_rank
    if key == "iqm":
        return lambda row: found(-1, row.iqm)
    if key in (costs := [f"{COST}{axis}" for axis in AXES]):
        return lambda row: row.costs.get(key.removeprefix(COST))
    by_key = {heading.key: heading for heading in headings}
    if key not in by_key:
        raise UnknownNameError("column to sort by", key, [*by_key, *ORDERS, *costs])
    sign = -1 if by_key[key].higher_is_better else 1
    return lambda row: None if key not in row.cells else sign * row.cells[key].value


def _named(rows: Sequence[BoardRow], name: str) -> BoardRow:
    for row in rows:
        if name in (row.name, row.ref):
            return row
    raise UnknownNameError("entry of this board", name, [row.name for row in rows])
