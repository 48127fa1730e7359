"""`superb-lite leaderboard show`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from superb_lite.cli.options import Json
from superb_lite_leaderboard.commands.options import (
    BoardUrl,
    Csv,
    Markdown,
    OfModality,
    RankBy,
    Search,
    Tier,
    one_form,
    query_of,
    view_of,
)


def show(
    board: BoardUrl = None,
    rank_by: RankBy = None,
    modality: OfModality = None,
    tasksets: Annotated[
        list[str] | None, typer.Option("--set", help="Only tasks of this set; may be repeated.")
    ] = None,
    tier: Tier = None,
    tag: Annotated[str | None, typer.Option(help="Only entries with this tag.")] = None,
    search: Search = "",
    max_parameters: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Only entries with at most so many parameters, such as 1e7.")
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="overall, a modality, a task, mean-rank, iqm, name, submitted or cost:NAME; with a '-' before it the "
            "other way round; default: as ranked.",
        ),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COST,...",
            help="Costs beside the scores: parameters, flops, seconds (an item), memory, pretraining.",
        ),
    ] = None,
    pin: Annotated[list[str] | None, typer.Option(help="An entry that comes first; may be repeated.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All entries, not only the first 20.")] = False,
    as_json: Json = False,
    as_csv: Csv = False,
    as_markdown: Markdown = False,
) -> None:
    """Print the ranking.

    Example: superb-lite leaderboard show --modality text --sort clue-lite/pos
    """
    one_form(as_json, as_csv, as_markdown)
    query = query_of(
        modality=modality,
        set=tasksets,
        tier=tier,
        tag=tag,
        search=search,
        max_parameters=max_parameters,
        columns=columns,
        sort=sort,
        pin=pin,
    )

    from superb_lite.cli.progress import say, stdout
    from superb_lite_leaderboard.terminal.board import MOST, render

    view = view_of(board, rank_by)
    shown = view.select(query)
    if as_json or as_csv or as_markdown:
        text = shown.to_csv() if as_csv else shown.to_markdown() if as_markdown else _json(shown.to_dict())
        print(text, end="")
        for note in view.notes:
            say(f"left out: {note}")
    elif not view.rows:
        say("the board is empty: fill it with `superb-lite run` or `superb-lite submit`")
        for note in view.notes:
            say(f"left out: {note}")
    else:
        stdout().print(render(shown, most=None if every else MOST))


def _json(content: object) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
