"""`superb-lite leaderboard`: its commands are functions of the files beside this one."""

from __future__ import annotations

import typer

from superb_lite_leaderboard.commands.card import card, eval_results
from superb_lite_leaderboard.commands.compare import compare
from superb_lite_leaderboard.commands.entry import entry
from superb_lite_leaderboard.commands.export import export
from superb_lite_leaderboard.commands.figure import figure
from superb_lite_leaderboard.commands.history import history
from superb_lite_leaderboard.commands.import_ import import_, merge
from superb_lite_leaderboard.commands.rename import rename
from superb_lite_leaderboard.commands.rerun import rerun
from superb_lite_leaderboard.commands.serve import serve
from superb_lite_leaderboard.commands.show import show
from superb_lite_leaderboard.commands.task import task
from superb_lite_leaderboard.commands.withdraw import withdraw

app = typer.Typer(
    help="Show the local leaderboard, or write it as a page.", no_args_is_help=True, rich_markup_mode=None
)
app.command()(show)
app.command()(compare)
app.command()(entry)
app.command()(card)
app.command("eval-results")(eval_results)
app.command()(task)
app.command()(history)
app.command()(figure)
app.command()(export)
app.command()(serve)
app.command()(rename)
app.command()(withdraw)
app.command("import")(import_)
app.command()(merge)
app.command()(rerun)
