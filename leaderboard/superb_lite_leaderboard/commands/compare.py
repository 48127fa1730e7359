"""`superb-lite leaderboard compare`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from superb_lite.cli.options import Json, Root
from superb_lite.errors import SuperbLiteError
from superb_lite_leaderboard.commands.options import BoardUrl, open_existing_board

MOST = 1000
"""Examples of a task that are printed."""


def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="An entry, NAME or NAME@VERSION.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    board: BoardUrl = None,
    task: Annotated[str, typer.Option(metavar="TASK", help="Show this task only, and its examples.")] = "",
    examples: Annotated[
        int | None,
        typer.Option(
            help="Show so many examples of each task where the two differ; default: 6 with --task, else none."
        ),
    ] = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Compare two entries: paired differences on each task, and the examples where they differ.

    Example: superb-lite leaderboard compare pretrained "random twins" --task clue-lite/pos
    """
    if examples is not None and not 0 <= examples <= MOST:
        raise SuperbLiteError(f"--examples {examples}: a number from 0 to {MOST}")

    from superb_lite.cli.progress import stdout
    from superb_lite_leaderboard.terminal.comparison import render
    from superb_lite_leaderboard.views.comparison import ComparisonView

    found = open_existing_board(board)
    wanted = examples if examples is not None else 6 if task else 0
    view = ComparisonView.of(found, found.entry(a), found.entry(b), task=task, examples=wanted, root=root)
    if as_json:
        print(json.dumps(view.to_dict(), indent=1, ensure_ascii=False))
    else:
        stdout().print(render(view))
