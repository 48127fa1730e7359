"""`superb-lite leaderboard export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from superb_lite.errors import printable
from superb_lite_leaderboard.commands.options import BoardUrl, RankBy, open_existing_board


def export(
    directory: Annotated[Path, typer.Argument(help="index.html and the other pages are written here.")],
    board: BoardUrl = None,
    rank_by: RankBy = None,
) -> None:
    """Write the leaderboard as pages that open from disk.

    Example: superb-lite leaderboard export site
    """
    from superb_lite.cli.progress import counter
    from superb_lite_leaderboard.board import built_in
    from superb_lite_leaderboard.pages.export import export

    ranked_by = None if rank_by is None else built_in(rank_by)
    bars, progress = counter("pages")
    with bars:
        path = export(open_existing_board(board), directory, ranked_by, progress=progress)
    print(printable(str(path)))
