"""`superb-lite leaderboard task`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from superb_lite.cli.options import Json, Root
from superb_lite_leaderboard.commands.options import BoardUrl, RankBy, ranked


def task(
    name: Annotated[str, typer.Argument(metavar="TASK[@PROTOCOL]", help="A task of the board.")],
    board: BoardUrl = None,
    rank_by: RankBy = None,
    examples: Annotated[int, typer.Option(min=0, max=100, help="How many test examples are shown.")] = 4,
    root: Root = None,
    every: Annotated[bool, typer.Option("--all", help="All entries, not only the first 20.")] = False,
    as_json: Json = False,
) -> None:
    """Show one task: what it measures, which differences it can show, who stands where, and examples with labels.

    Example: superb-lite leaderboard task clue-lite/pos
    """
    from superb_lite.cli.progress import stdout
    from superb_lite.errors import UnknownNameError
    from superb_lite_leaderboard.terminal.task import MOST, render
    from superb_lite_leaderboard.views.board import BoardView
    from superb_lite_leaderboard.views.task import TaskView

    standings, entries = ranked(board, rank_by)
    columns = {column.key: column for column in standings.columns}
    if name not in columns:
        raise UnknownNameError("task of this board", name, columns)
    view = TaskView.of(BoardView.of(standings, entries), columns[name], examples=examples, root=root)
    if as_json:
        print(json.dumps(view.to_dict(), indent=1, ensure_ascii=False))
    else:
        stdout().print(render(view, most=None if every else MOST))
