"""`superb-lite leaderboard card` and `superb-lite leaderboard eval-results`."""

from __future__ import annotations

from typing import Annotated

import typer

from superb_lite_leaderboard.commands.entry import EntryName
from superb_lite_leaderboard.commands.options import BoardUrl, open_existing_board


def card(name: EntryName, board: BoardUrl = None) -> None:
    """Print a section of a model card in Markdown: scores with intervals, checks, cost and how to repeat them.

    Example: superb-lite leaderboard card pretrained >> README.md
    """
    from superb_lite_leaderboard.submission.cards import model_card
    from superb_lite_leaderboard.views.entry import EntryView

    found = open_existing_board(board)
    print(model_card(EntryView.of(found, found.entry(name)), found.board), end="")


def eval_results(
    name: EntryName,
    board: BoardUrl = None,
    model_index: Annotated[
        bool, typer.Option("--model-index", help="All tasks, for the head of a model card, in the older form.")
    ] = False,
) -> None:
    """Print scores for a file .eval_results/NAME.yaml of a model on the Hugging Face Hub: of tasks that are on the Hub.

    Example: superb-lite leaderboard eval-results pretrained > superb-lite.yaml
    """
    from superb_lite.cli.progress import say
    from superb_lite_leaderboard.submission import hub
    from superb_lite_leaderboard.views.entry import EntryView

    found = open_existing_board(board)
    view = EntryView.of(found, found.entry(name))
    if model_index:
        print(hub.model_index(view, found.board), end="")
        return
    text, left_out = hub.eval_results(view)
    print(text, end="")
    if left_out:
        say(left_out)
