"""`superb-lite leaderboard withdraw`."""

from __future__ import annotations

from typing import Annotated

import typer

from superb_lite_leaderboard.commands.options import BoardUrl, open_existing_board


def withdraw(
    name: Annotated[str, typer.Argument(help="An entry: NAME, its newest version, or NAME@2.")],
    reason: Annotated[str, typer.Option(help="Why; it stays in the history.")] = "",
    board: BoardUrl = None,
) -> None:
    """Take an entry out of the ranking; it stays in the history, and the version before it stands again.

    Example: superb-lite leaderboard withdraw "My BERT" --reason "trained on the test items"
    """
    from superb_lite.cli.progress import say

    leaderboard = open_existing_board(board)
    say(f"withdrew '{leaderboard.withdraw(name, reason).ref}' from {leaderboard}")
