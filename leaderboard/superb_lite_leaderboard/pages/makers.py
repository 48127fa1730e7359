"""Which pages a site has, and how each is made of a board at one moment."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from superb_lite.errors import SuperbLiteError
from superb_lite.surrogates import without_surrogates
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.entry import Entry
from superb_lite_leaderboard.pages.analyses import STYLE, render_analyses, style
from superb_lite_leaderboard.pages.board import render_board
from superb_lite_leaderboard.pages.comparison import MOST_EXAMPLES, render_comparison
from superb_lite_leaderboard.pages.render import ASSETS, asset
from superb_lite_leaderboard.pages.site import (
    INSIDE,
    PAIRED,
    QueryError,
    SiteContext,
    entry_path,
    pair_path,
    scatter_path,
    set_path,
    slug,
    task_path,
)
from superb_lite_leaderboard.pages.task import render_task
from superb_lite_leaderboard.ranking.ranking import Standings
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.views.asked import Asked, query_of
from superb_lite_leaderboard.views.board import BoardView
from superb_lite_leaderboard.views.comparison import ComparisonView
from superb_lite_leaderboard.views.costs import AXES, CostAxis
from superb_lite_leaderboard.views.entry import EntryView
from superb_lite_leaderboard.views.examples import ExampleReader
from superb_lite_leaderboard.views.query import BoardQuery
from superb_lite_leaderboard.views.task import TaskView
from superb_lite_leaderboard.views.time import moments


@dataclass(frozen=True)
class Snapshot:
    """A board at one moment: what its pages are made of."""

    leaderboard: Leaderboard
    standings: Standings
    view: BoardView
    entries: Mapping[str, Entry]
    """By `Entry.ref`: all versions of the names that stand."""
    columns: Mapping[str, Column]
    """By `Column.key`."""
    context: SiteContext
    reader: ExampleReader
    """Of the examples of pairs."""


Maker = Callable[[Snapshot, SiteContext, Asked], str | bytes]
"""Makes a page: of a board, as the page sees the site, with the query that a browser sent (empty of a file)."""


def makers_of(view: BoardView, entries: Mapping[str, Entry], analyses: Path | None = None) -> dict[str, Maker]:
    """How each page is made. A kind of page is one line here.

    analyses: the directory of a report of `superb-lite analyze`.
    """
    tasks = {
        row.ref: {heading.key for heading in view.headings if heading.kind == "task" and heading.key in row.cells}
        for row in view.rows
    }
    makers: dict[str, Maker] = {
        "index.html": lambda now, site, query: render_board(_chosen(now, query), site, now.columns),
        "board.json": lambda now, site, query: _json(_chosen(now, query)),
        "board.csv": lambda now, site, query: without_surrogates(_chosen(now, query).to_csv()),
        **_of_sets(dict.fromkeys(heading.taskset for heading in view.headings if heading.taskset)),
        "time.html": _time,
        **{scatter_path(axis.key): _scatter(axis) for axis in AXES.values()},
        **{task_path(heading.key): _task(heading.key) for heading in view.headings if heading.kind == "task"},
        **{entry_path(ref): _entry(ref) for ref in entries},
        **{pair_path(a, b): _pair(a, b) for a, b in pairs([row.ref for row in view.rows]) if tasks[a] & tasks[b]},
        **{f"static/{name}": _asset(name) for name in ASSETS},
        "static/vega.js": _vega,
        **(
            {} if analyses is None else {INSIDE: _inside(analyses), f"static/{STYLE}": lambda now, site, query: style()}
        ),
    }
    return makers


def _of_sets(names: Iterable[str]) -> dict[str, Maker]:
    """The tasks of each set side by side, as a page and as downloads."""

    def of(name: str, make: Callable[[Snapshot, SiteContext, BoardView], str]) -> Maker:
        return lambda now, site, query: make(now, site, now.view.select(BoardQuery(tasksets=(name,))))

    found: dict[str, Maker] = {}
    for name in names:
        found[set_path(name)] = of(name, lambda now, site, view: render_board(view, site, now.columns))
        found[set_path(name, "board.json")] = of(name, lambda now, site, view: _json(view))
        found[set_path(name, "board.csv")] = of(name, lambda now, site, view: without_surrogates(view.to_csv()))
    return found


def _json(view: BoardView) -> str:
    return json.dumps(view.to_dict(), indent=1, allow_nan=False) + "\n"


def _chosen(now: Snapshot, asked: Asked) -> BoardView:
    """What the query of an address chooses. Raises `QueryError` for what there is not."""
    if not asked:
        return now.view
    try:
        return now.view.select(query_of(asked))
    except SuperbLiteError as error:
        raise QueryError(str(error)) from None


def _task(key: str) -> Maker:
    return lambda now, site, query: render_task(TaskView.of(now.view, now.columns[key]), site)


def _entry(ref: str) -> Maker:
    def made(now: Snapshot, site: SiteContext, query: Asked) -> str:
        from superb_lite_leaderboard.pages.entry import render_entry

        entry, others = now.entries[ref], [now.entries[row.ref] for row in now.view.rows[:PAIRED]]
        view = EntryView.of(now.leaderboard, entry, now.standings)
        return render_entry(view, site, entry=entry, others=others)

    return made


def _pair(a: str, b: str) -> Maker:
    def made(now: Snapshot, site: SiteContext, query: Asked) -> str:
        view = ComparisonView.of(
            now.leaderboard,
            now.entries[a],
            now.entries[b],
            examples=MOST_EXAMPLES[site.live],
            reader=now.reader,
            columns=now.columns,
        )
        return render_comparison(view, site)

    return made


def any_pair(path: str, refs: Iterable[str]) -> Maker | None:
    """How a server makes the page of two entries that no file would have; None for any other path."""
    if not path.startswith("compare/"):
        return None
    a, _, b = path.removeprefix("compare/").removesuffix(".html").partition("--")
    known = {slug(ref): ref for ref in refs}
    if a == b or a not in known or b not in known or pair_path(known[a], known[b]) != path:
        return None
    return _pair(known[a], known[b])


def _time(now: Snapshot, site: SiteContext, query: Asked) -> str:
    from superb_lite_leaderboard.pages.time import render_time  # altair takes a second to import

    return render_time(moments(now.leaderboard, now.standings), site)


def _scatter(cost: CostAxis) -> Maker:
    def made(now: Snapshot, site: SiteContext, query: Asked) -> str:
        from superb_lite_leaderboard.pages.scatter import render_scatter

        return render_scatter(now.view, tuple(now.entries.values()), site, cost)

    return made


def _inside(directory: Path) -> Maker:
    return lambda now, site, query: render_analyses(directory, site)


def _vega(now: Snapshot, site: SiteContext, query: Asked) -> str:
    from superb_lite_leaderboard.pages.charts import vega

    return vega()


def _asset(name: str) -> Maker:
    return lambda now, site, query: asset(name)


def pairs(refs: list[str]) -> list[tuple[str, str]]:
    """The pairs of a static export: of the first entries, neighbours, and each with the best. Best first."""
    first = refs[:PAIRED]
    found = [*itertools.pairwise(first), *((first[0], other) for other in first[1:])] if first else []
    return list(dict.fromkeys(found))
