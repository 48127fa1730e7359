"""The page of the board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.pages.figure import Axis, axis, difference_axis
from superb_lite_leaderboard.pages.render import render, sentence
from superb_lite_leaderboard.pages.site import PAIRED, SiteContext
from superb_lite_leaderboard.pages.tools import (
    KEPT,
    choices,
    cost_columns,
    groups,
    known_costs,
    pin,
    sort_head,
    taskset_links,
)
from superb_lite_leaderboard.ranking.ranking import Gain
from superb_lite_leaderboard.views.asked import asked_of
from superb_lite_leaderboard.views.board import BoardView
from superb_lite_leaderboard.views.cells import OVERALL, BoardRow, Cell, Heading
from superb_lite_leaderboard.views.query import BoardQuery

WIDE = ("overall", "modality")
"""The kinds of scores that have a column of their own."""

TOLD = ("parameters", "flops")
"""Costs that a row shows; the others serve to sort by, and stand on the page of the entry."""

MOST = 10
"""So many entries of a task stand on this page; the task's own page has all."""


@dataclass(frozen=True)
class Panel:
    """The tasks of one modality."""

    modality: str
    calibrated: bool
    """Whether all tasks have a scale; the plots then show normalised scores, else percent."""
    tasks: Sequence[tuple[Heading, Sequence[BoardRow]]]
    """Each with the rows that have it, best first."""

    @property
    def axis(self) -> Axis:
        """Of the plots."""
        return axis(self.position(row.cells[head.key])[1:] for head, rows in self.tasks for row in rows[:MOST])

    @property
    def cut(self) -> bool:
        """Whether some task has more rows than are shown."""
        return any(len(rows) > MOST for _, rows in self.tasks)

    def position(self, cell: Cell) -> tuple[float, float, float]:
        """Where the plot has the score and the two ends of its interval."""
        return cell.place(normalised=self.calibrated)


def render_board(view: BoardView, site: SiteContext, columns: Mapping[str, Column]) -> str:
    """The page as HTML. view: what was chosen of the board. columns: of the board, by `Column.key`.

    What filters rows acts on the table of all entries; the tables below it have the columns that are shown, and all
    entries.
    """
    whole, query = view.whole, view.query
    scores = [heading for heading in view.headings if heading.kind != "task"]
    overview = view.headings if query.tasksets else [heading for heading in scores if heading.kind in WIDE]
    shown = [row.cells[head.key].place() for row in whole.rows for head in overview if head.key in row.cells]
    below = whole.select(BoardQuery(modality=query.modality, tasksets=query.tasksets))
    gains = _gains(below)
    shown_gains = [(columns[key], found[:MOST]) for key, found in gains.items()]
    return render(
        "board.html.j2",
        site,
        view=view,
        whole=whole,
        query=query,
        title=", ".join(query.tasksets) or sentence(query.modality or OVERALL),
        tasksets=taskset_links(view, site),
        choices=choices(view),
        kept=[(name, value) for name, value in asked_of(query) if name in KEPT],
        scores=scores,
        heads=overview,
        sorts={key: sort_head(key, view, site) for key in ("name", *(heading.key for heading in overview))},
        cost_columns=cost_columns(view, site),
        pins={row.ref: pin(row, view, site) for row in view.rows},
        downloads={name: site.board_of(query, name) for name in ("board.csv", "board.json")},
        parts={modality: _parts(scores, modality) for modality in view.modalities},
        keys_of={head.key: [h.key for h in whole.headings if head.covers(h)] for head in overview},
        groups=groups(view),
        pairs=site.pairs(),
        paired=PAIRED,
        cost_axes=known_costs(whole),
        told=TOLD,
        overview_axis=axis(place[1:] for place in shown),
        panels=panels(below, columns),
        published=below.published,
        columns=columns,
        uncalibrated=[key for key, column in columns.items() if column.scale is None],
        tasks=list(dict.fromkeys(column.task for column in columns.values())),
        modality_of={heading.taskset: heading.modality for heading in whole.headings if heading.taskset},
        most=MOST,
        gains=shown_gains,
        gains_cut=any(len(found) > MOST for found in gains.values()),
        gain_axis=difference_axis((100 * g.ci[0], 100 * g.ci[1]) for _, found in shown_gains for g in found),
    )


def _parts(scores: Sequence[Heading], modality: str) -> list[Heading]:
    """The scores of languages and sets below that of a modality, where it has several of them."""
    found: list[Heading] = []
    for kind in ("language", "set"):
        of_kind = [heading for heading in scores if heading.kind == kind and heading.modality == modality]
        found += of_kind if len(of_kind) > 1 else []
    return found


def panels(view: BoardView, columns: Mapping[str, Column]) -> list[Panel]:
    """The tasks of the board by modality."""
    tasks = [heading for heading in view.headings if heading.kind == "task"]
    return [
        Panel(
            modality,
            all(columns[heading.key].scale is not None for heading in tasks if heading.modality == modality),
            [(heading, best_first(view, heading)) for heading in tasks if heading.modality == modality],
        )
        for modality in view.modalities
    ]


def best_first(view: BoardView, heading: Heading) -> list[BoardRow]:
    """The rows that have a task."""
    sign = -1 if heading.higher_is_better else 1
    found = [row for row in view.rows if heading.key in row.cells]
    return sorted(found, key=lambda row: sign * row.cells[heading.key].value)


def _gains(view: BoardView) -> dict[str, list[Gain]]:
    """What pretraining brought, by task, where it is known."""
    found = {heading.key: [gain for gain in view.gains if gain.key == heading.key] for heading in view.headings}
    return {key: of_key for key, of_key in found.items() if of_key}
