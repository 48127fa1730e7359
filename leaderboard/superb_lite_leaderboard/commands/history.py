"""`superb-lite leaderboard history`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from superb_lite.cli.options import Json
from superb_lite_leaderboard.commands.options import BoardUrl, open_existing_board


def history(
    name: Annotated[str, typer.Argument(help="The name of an entry.")], board: BoardUrl = None, as_json: Json = False
) -> None:
    """Show all versions of a name, what happened to them, and how the scores changed.

    Example: superb-lite leaderboard history pretrained
    """
    from superb_lite.cli.progress import stdout
    from superb_lite_leaderboard.terminal.history import render
    from superb_lite_leaderboard.views.history import HistoryView

    view = HistoryView.of(open_existing_board(board), name)
    if as_json:
        print(json.dumps(view.to_dict(), indent=1, ensure_ascii=False))
    else:
        stdout().print(render(view))
