"""`superb-lite leaderboard import` and `superb-lite leaderboard merge`: entries of another board."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from superb_lite_leaderboard.commands.options import BoardUrl, open_board, open_existing_board

if TYPE_CHECKING:
    from superb_lite_leaderboard.store.leaderboard import Leaderboard

Only = Annotated[list[str] | None, typer.Option("--only", help="Take this entry alone; may be repeated.")]


def import_(
    bundle: Annotated[Path, typer.Argument(help="A file that `superb-lite leaderboard export FILE.zip` wrote.")],
    board: BoardUrl = None,
    only: Only = None,
) -> None:
    """Take the entries of a bundle into a board with their history; each is scored again here from its predictions.

    Example: superb-lite leaderboard import hers.zip
    """
    _import(open_board(board), bundle, only)


def merge(
    other: Annotated[str, typer.Argument(metavar="BOARD", help="Another board: a file, or a URL.")],
    board: BoardUrl = None,
    only: Only = None,
) -> None:
    """Take the entries of another board into a board with their history; each is scored again here.

    Example: superb-lite leaderboard merge hers.sqlite
    """
    from superb_lite_leaderboard.submission.bundle import write_bundle

    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "bundle.zip"
        write_bundle(open_existing_board(other), bundle)
        _import(open_board(board), bundle, only, source=Path(urlsplit(other).path if "://" in other else other).name)


def _import(leaderboard: Leaderboard, bundle: Path, only: list[str] | None, source: str = "") -> None:
    from superb_lite.cli.progress import say
    from superb_lite.errors import SuperbLiteError
    from superb_lite_leaderboard.submission.importing import import_bundle

    outcomes = import_bundle(leaderboard, bundle, names=only or (), source=source)
    for outcome in outcomes:
        if outcome.stored is not None:
            say(f"'{outcome.ref}': stored as '{outcome.stored.ref}', {outcome.stored.tier.label}")
        elif not outcome.refused:
            say(f"'{outcome.ref}' {outcome.reason}")
    refused = [outcome for outcome in outcomes if outcome.refused]
    if refused:
        more = f" (and {len(refused) - 1} more; the others were taken)" if len(refused) > 1 else ""
        raise SuperbLiteError(f"'{refused[0].ref}' was refused{more}: {refused[0].reason}")
