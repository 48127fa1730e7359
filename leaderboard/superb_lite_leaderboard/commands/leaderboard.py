"""`superb-lite leaderboard`."""

from __future__ import annotations

import json

import typer

from superb_lite.cli.options import Json
from superb_lite_leaderboard.commands.entry import entry
from superb_lite_leaderboard.commands.export import export
from superb_lite_leaderboard.commands.options import BoardUrl, RankBy, standings_of
from superb_lite_leaderboard.commands.serve import serve

app = typer.Typer(
    help="Show the local leaderboard, or write it as a page.", no_args_is_help=True, rich_markup_mode=None
)


@app.command()
def show(board: BoardUrl = None, rank_by: RankBy = None, as_json: Json = False) -> None:
    """Print the ranking.

    Example: superb-lite leaderboard show --json
    """
    from superb_lite.cli.progress import say, stdout
    from superb_lite_leaderboard.table import render

    standings = standings_of(board, rank_by)
    if as_json:
        print(json.dumps([row.to_dict() for row in standings.rows], indent=1, ensure_ascii=False))
        for note in standings.notes:
            say(f"left out: {note}")
    elif not standings.rows:
        say("the board is empty: fill it with `superb-lite run` or `superb-lite submit`")
    else:
        stdout().print(render(standings))


app.command()(entry)
app.command()(export)
app.command()(serve)
