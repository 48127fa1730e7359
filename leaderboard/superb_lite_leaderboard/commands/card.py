"""`superb-lite leaderboard card` and `superb-lite leaderboard eval-results`."""

from __future__ import annotations

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


def eval_results(name: EntryName, board: BoardUrl = None) -> None:
    """Print evaluation results for the head of a model card on the Hugging Face Hub: its "model-index", in YAML.

    Example: superb-lite leaderboard eval-results pretrained
    """
    from superb_lite_leaderboard.submission.cards import model_index
    from superb_lite_leaderboard.views.entry import EntryView

    found = open_existing_board(board)
    print(model_index(EntryView.of(found, found.entry(name)), found.board), end="")
