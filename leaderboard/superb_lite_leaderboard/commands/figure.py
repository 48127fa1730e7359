"""`superb-lite leaderboard figure`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from superb_lite.errors import SuperbLiteError, printable
from superb_lite_leaderboard.commands.options import BoardUrl, OfModality, RankBy, Search, Tier, query_of, view_of

MOST_PANELS = 8
"""Scores side by side; more do not fit a page."""


def figure(
    out: Annotated[Path, typer.Argument(metavar="OUT.pdf|.svg|.png", help="The picture is written here.")],
    board: BoardUrl = None,
    rank_by: RankBy = None,
    modality: OfModality = None,
    tier: Tier = None,
    search: Search = "",
    most: Annotated[int, typer.Option("--most", min=1, max=200, help="So many entries at most.")] = 40,
) -> None:
    """Draw the board for a paper: a row an entry, points with 95% intervals, lines between rank groups.

    Of one modality its tasks are drawn beside its score. Hollow points are reference rows; a name says how far an entry
    was checked, unless it was run here.

    Example: superb-lite leaderboard figure board.pdf --modality text
    """
    from superb_lite.charts.figure import picture_format, save_figure

    picture_format(out)  # before anything heavy is imported

    from superb_lite.charts.forest import forest_chart
    from superb_lite_leaderboard.views.forest import forest

    view = view_of(board, rank_by).select(query_of(modality=modality, tier=tier, search=search))
    if not view.rows:
        raise SuperbLiteError("no entry to draw: `superb-lite leaderboard show` shows what is on the board")
    title, panels, rows = forest(view, most=most, panels=MOST_PANELS)
    save_figure(forest_chart(title, panels, rows), out)
    print(printable(str(out)))
