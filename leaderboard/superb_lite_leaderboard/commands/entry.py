"""`superb-lite leaderboard entry`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from superb_lite.cli.options import Json
from superb_lite_leaderboard.commands.options import BoardUrl, open_existing_board

EntryName = Annotated[str, typer.Argument(metavar="NAME[@VERSION]", help="An entry; without a version the newest.")]


def entry(
    name: EntryName,
    board: BoardUrl = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown instead of tables.")] = False,
    as_json: Json = False,
) -> None:
    """Show one entry: each score with its evidence, where it comes from, and the commands that repeat it.

    Example: superb-lite leaderboard entry pretrained
    """
    from superb_lite.cli.progress import stdout
    from superb_lite_leaderboard.terminal.entry import render
    from superb_lite_leaderboard.views.entry import EntryView

    found = open_existing_board(board)
    view = EntryView.of(found, found.entry(name))
    if as_json:
        print(json.dumps(view.to_dict(), indent=1, ensure_ascii=False))
    elif markdown:
        print(view.to_markdown(), end="")
    else:
        stdout().print(render(view))
