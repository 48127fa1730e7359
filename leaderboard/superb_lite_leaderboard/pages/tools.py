"""What a reader chooses with on the page of the board: fields, heads that sort, pins; and the groups of the rows.

On a server these are a form and links, which `views.asked` reads; in files the script of the page does the same.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from superb_lite.results.cost import quantity
from superb_lite_leaderboard.entry import Tier
from superb_lite_leaderboard.pages.render import sentence
from superb_lite_leaderboard.pages.site import SiteContext
from superb_lite_leaderboard.views.asked import asked_of
from superb_lite_leaderboard.views.board import BoardView
from superb_lite_leaderboard.views.cells import OVERALL, BoardRow
from superb_lite_leaderboard.views.costs import AXES, CostAxis
from superb_lite_leaderboard.views.query import COST, REVERSED

SIZES = (1_000_000, 10_000_000, 100_000_000, 1_000_000_000)
"""Numbers of parameters that a reader may ask for at most."""


KEPT = ("set", "pin")
"""What no field of the form says, and a form has to hand on."""


@dataclass(frozen=True)
class Choice:
    """A field with some values to choose from."""

    name: str
    """As in `views.asked`."""
    label: str
    options: Sequence[tuple[str, str]]
    """(value, what people read); an empty value asks for nothing."""
    value: str
    """What is chosen."""


@dataclass(frozen=True)
class SortHead:
    """The head of a column by which rows are sorted."""

    key: str
    url: str
    """Sorts by the column, or turns the order round; empty where no server does it."""
    direction: str
    """Of the values, as `aria-sort` says it; empty of a column that the rows are not sorted by."""
    lower_is_better: bool


@dataclass(frozen=True)
class CostColumn:
    """A cost that has a column, or may be given one."""

    axis: CostAxis
    head: SortHead
    shown: bool


@dataclass(frozen=True)
class Pin:
    """A link that puts a row before all others, or back to its place."""

    url: str
    """Empty where no server does it."""
    pinned: bool


def choices(view: BoardView) -> list[Choice]:
    """The fields beside the search."""
    whole, chosen = view.whole, dict(asked_of(view.query))
    tags = sorted({tag for row in whole.rows for tag in row.about.tags}, key=str.casefold)
    costs = known_costs(whole)
    kinds = ("modality", "language", "set", *(["task"] if view.query.tasksets else []))
    orders = [(heading.key, sentence(heading.label)) for heading in view.headings if heading.kind in kinds]
    orders += [("mean-rank", "Mean rank"), ("iqm", "Interquartile mean"), ("name", "Name"), ("submitted", "Date")]
    orders += [(f"{COST}{axis.key}", sentence(axis.label)) for axis in costs]
    tiers = [(tier.label, " or ".join(t.label for t in Tier if t >= tier)) for tier in Tier if tier > Tier.REPORTED]
    sizes = [(str(size), f"at most {quantity(size)}") for size in SIZES] if costs else []
    fields = [
        ("modality", "Modality", "all", [] if view.query.tasksets else [(name, name) for name in whole.modalities]),
        ("tag", "Tag", "all", [(tag, tag) for tag in tags]),
        ("tier", "Checked", "all", tiers),
        ("sort", "Sort by", "Rank", orders),
        ("max-parameters", "Parameters", "any number", sizes),
    ]
    return [
        _choice(name, label, first, options, chosen.get(name, "")) for name, label, first, options in fields if options
    ]


def taskset_links(view: BoardView, site: SiteContext) -> list[tuple[str, str, bool]]:
    """(what people read, the URL, whether it is this page) of the whole board and of each task set on it."""
    query = dataclasses.replace(view.query, modality="", sort="")
    sets = dict.fromkeys(heading.taskset for heading in view.whole.headings if heading.taskset)
    found = [("all tasks", ()), *((name, (name,)) for name in sets)]
    links = [(name, site.board_of(dataclasses.replace(query, tasksets=chosen)), chosen) for name, chosen in found]
    return [(name, url, chosen == query.tasksets) for name, url, chosen in links if url]


def _choice(name: str, label: str, first: str, options: Sequence[tuple[str, str]], value: str) -> Choice:
    known = [("", first), *options]
    if value not in (each for each, _ in known):
        known.append((value, value))  # what an address asks for, and no option has
    return Choice(name, label, known, value)


def known_costs(view: BoardView) -> list[CostAxis]:
    """The costs that some row has."""
    return [axis for axis in AXES.values() if any(axis.key in row.costs for row in view.rows)]


def sort_head(key: str, view: BoardView, site: SiteContext) -> SortHead:
    """The head of a column, whose link turns the order round where the rows are sorted by it."""
    order = view.order
    lower = key.startswith(COST) or any(h.key == key and not h.higher_is_better for h in view.headings)
    rising, turned = key == "name" or lower, order == f"{REVERSED}{key}"
    direction = ("ascending" if rising != turned else "descending") if turned or order == key else ""
    asked = f"{REVERSED}{key}" if order == key else key
    url = site.board_of(dataclasses.replace(view.query, sort=asked)) if site.live else ""
    return SortHead(key, url, direction, lower)


def cost_columns(view: BoardView, site: SiteContext) -> list[CostColumn]:
    """The costs that somebody asked for; in files all that are known, so that a script can show them."""
    asked = {axis.key for axis in view.costs}
    found = (
        view.costs
        if site.live
        else tuple({axis.key: axis for axis in (*view.costs, *known_costs(view.whole))}.values())
    )
    return [CostColumn(axis, sort_head(f"{COST}{axis.key}", view, site), axis.key in asked) for axis in found]


def pin(row: BoardRow, view: BoardView, site: SiteContext) -> Pin:
    """The pin of a row."""
    query = view.query
    others = tuple(name for name in query.pinned if name not in (row.name, row.ref))
    pinned = len(others) < len(query.pinned)
    asked = dataclasses.replace(query, pinned=others if pinned else (*others, row.name))
    return Pin(site.board_of(asked) if site.live else "", pinned)


def groups(view: BoardView) -> list[tuple[str, list[BoardRow]]]:
    """The rows below what they are called: rank groups where rows stand as they are ranked, without a name else."""
    names = view.query.pinned
    pinned = [row for row in view.rows if row.name in names or row.ref in names]
    rest = view.rows[len(pinned) :]
    found = [("", pinned)] if pinned else []
    key = view.order
    if key != OVERALL and (view.query.sort or view.query.modality):
        return [*found, ("", list(rest))]
    by_group = itertools.groupby(rest, key=lambda row: row.cells[key].group if key in row.cells else None)
    label = {heading.key: heading.label for heading in view.headings}.get(key, key)
    return [*found, *((_group_name(group, label), list(rows)) for group, rows in by_group)]


def _group_name(group: int | None, label: str) -> str:
    if group is None:
        return f"Without {'an overall score' if label == OVERALL else f'a score of {label}'}: columns are missing"
    where = "overall" if label == OVERALL else f"by {label}"
    return f"Group 1: not significantly worse than its first entry, {where}" if group == 1 else f"Group {group}"
