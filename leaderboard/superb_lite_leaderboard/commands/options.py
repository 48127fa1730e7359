"""The option that names a board, the board that it names, and operands that name result files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from superb_lite_leaderboard.entry import Entry
    from superb_lite_leaderboard.ranking.ranking import Standings
    from superb_lite_leaderboard.store.leaderboard import Leaderboard
    from superb_lite_leaderboard.views.board import BoardView
    from superb_lite_leaderboard.views.query import BoardQuery

BoardUrl = Annotated[
    str | None,
    typer.Option(
        "--board", metavar="FILE|URL", help="SQLite file or SQLAlchemy URL; default: board.sqlite in the workspace."
    ),
]

RankBy = Annotated[
    str | None,
    typer.Option(
        "--rank-by",
        metavar="BOARD",
        help="Rank by another built-in board: core, core-en, core-zh (one language), quick.",
    ),
]

Analyses = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="What superb-lite analyze wrote, a page of the board; default: inside in the workspace."
    ),
]

OfModality = Annotated[str | None, typer.Option("--modality", help="Only tasks and entries of this modality.")]

Tier = Annotated[str | None, typer.Option(help="Only entries checked so far or further: reported, recomputed, rerun.")]

Search = Annotated[str, typer.Option(help="Only entries with this in name, tags or encoders.")]

Csv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]

Markdown = Annotated[bool, typer.Option("--markdown", help="Print a table of Markdown.")]


def one_form(*asked: bool) -> None:
    """Raise `SuperbLiteError` where several of --json, --csv and --markdown are asked for."""
    from superb_lite.errors import SuperbLiteError

    if sum(asked) > 1:
        raise SuperbLiteError("--json, --csv and --markdown exclude each other: give one")


def analyses_at(given: Path | None) -> Path:
    """The directory whose report the board links to, if there is one. Raises `SuperbLiteError` where a directory that
    is named has none."""
    from superb_lite.analysis.writing import REPORT
    from superb_lite.errors import SuperbLiteError
    from superb_lite.paths import inside_dir

    if given is not None and not (given / REPORT).is_file():
        raise SuperbLiteError(f"--analyses '{given}' has no {REPORT}: name the --out of superb-lite analyze")
    return given or inside_dir()


def query_of(**asked: str | Sequence[str] | None) -> BoardQuery:
    """What a reader asks for, by the names of `views.asked`; a hyphen of these is an underscore here.

    Raises `SuperbLiteError` for a value that cannot be.
    """
    from superb_lite_leaderboard.views import asked as words

    return words.query_of(
        {
            name.replace("_", "-"): [values] if isinstance(values, str) else values or ()
            for name, values in asked.items()
        }
    )


def ranked(url: str | None, rank_by: str | None) -> tuple[Standings, Sequence[Entry]]:
    """The standings of an existing board, by its own columns or by those of the built-in board that is named, and the
    entries that they are of."""
    from superb_lite_leaderboard.board import built_in

    board = None if rank_by is None else built_in(rank_by)
    leaderboard = open_existing_board(url)
    return leaderboard.standings(board), leaderboard.entries()


def view_of(url: str | None, rank_by: str | None) -> BoardView:
    """The table of an existing board; see `ranked`."""
    from superb_lite_leaderboard.views.board import BoardView

    return BoardView.of(*ranked(url, rank_by))


def open_board(url: str | None) -> Leaderboard:
    """The board of a URL; without one, the board in the workspace."""
    from superb_lite.paths import workspace
    from superb_lite_leaderboard.store.leaderboard import Leaderboard

    return Leaderboard(url or workspace() / "board.sqlite")


def open_existing_board(url: str | None) -> Leaderboard:
    """The board of a URL, to be shown. Raises `SuperbLiteError` where a board is named that is not there."""
    from superb_lite.errors import SuperbLiteError

    found = open_board(url)
    if url is not None and not found.exists():
        raise SuperbLiteError(f"no board at '{url}': `superb-lite submit --board` makes one")
    return found
