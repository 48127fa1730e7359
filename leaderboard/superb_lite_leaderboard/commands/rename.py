"""`superb-lite leaderboard rename`."""

from __future__ import annotations

from typing import Annotated

import typer

from superb_lite_leaderboard.commands.options import BoardUrl, open_existing_board


def rename(
    old: Annotated[str, typer.Argument(help="The name of an entry.")],
    new: Annotated[str, typer.Argument(help="A name that no entry has.")],
    board: BoardUrl = None,
) -> None:
    """Give an entry, with all its versions, another name.

    Example: superb-lite leaderboard rename "My BERT" "BERT, an hour"
    """
    from superb_lite.cli.progress import say

    leaderboard = open_existing_board(board)
    leaderboard.rename(old, new)
    say(f"renamed '{old}' to '{new}' in {leaderboard}")
