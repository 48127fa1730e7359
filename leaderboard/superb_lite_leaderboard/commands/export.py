"""`superb-lite leaderboard export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from superb_lite.errors import printable
from superb_lite_leaderboard.commands.options import Analyses, BoardUrl, RankBy, analyses_at, open_existing_board


def export(
    target: Annotated[
        Path, typer.Argument(metavar="DIR|FILE.zip", help="A directory for the pages, or a file for another board.")
    ],
    board: BoardUrl = None,
    rank_by: RankBy = None,
    analyses: Analyses = None,
) -> None:
    """Write the leaderboard as pages that open from disk, or its entries as a bundle that another board imports.

    Example: superb-lite leaderboard export site
    """
    if target.suffix.lower() == ".zip":
        from superb_lite.cli.progress import say
        from superb_lite_leaderboard.submission.bundle import write_bundle

        number = write_bundle(open_existing_board(board), target)
        say(f"{number} {'entry' if number == 1 else 'entries'}: `superb-lite leaderboard import` takes them")
        print(printable(str(target)))
        return

    from superb_lite.cli.progress import counter
    from superb_lite_leaderboard.board import built_in
    from superb_lite_leaderboard.pages.export import export

    inside = analyses_at(analyses)
    ranked_by = None if rank_by is None else built_in(rank_by)
    bars, progress = counter("pages")
    with bars:
        path = export(open_existing_board(board), target, ranked_by, analyses=inside, progress=progress)
    print(printable(str(path)))
