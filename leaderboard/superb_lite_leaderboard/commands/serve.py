"""`superb-lite leaderboard serve`."""

from __future__ import annotations

from typing import Annotated

import typer

from superb_lite_leaderboard.commands.options import Analyses, BoardUrl, RankBy


def serve(
    board: BoardUrl = None,
    rank_by: RankBy = None,
    analyses: Analyses = None,
    host: Annotated[str, typer.Option(help="The address to listen on; any other than loopback is seen by others.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = 8000,
    name: Annotated[
        list[str] | None, typer.Option("--name", help="A host name under which browsers ask; may be repeated.")
    ] = None,
) -> None:
    """Show the leaderboard in a browser, as it is at every moment; needs pip install 'superb-lite[serve]'.

    Example: superb-lite leaderboard serve --port 8080
    """
    from superb_lite.cli.progress import say
    from superb_lite.errors import SuperbLiteError
    from superb_lite_leaderboard.board import built_in
    from superb_lite_leaderboard.commands.options import analyses_at, open_existing_board
    from superb_lite_leaderboard.pages.board_site import BoardSite

    try:
        from superb_lite_leaderboard.server.run import listen
    except ModuleNotFoundError as error:
        raise SuperbLiteError(f"serving needs the package '{error.name}': pip install 'superb-lite[serve]'") from None
    inside = analyses_at(analyses)
    ranked_by = None if rank_by is None else built_in(rank_by)
    site = BoardSite(open_existing_board(board), ranked_by, live=True, analyses=inside)
    site.state()  # says now, not to the first reader, where the board cannot be read
    with listen(site, host, port, names=name or ()) as server:
        say(f"the leaderboard is at {server.url} (stop it with Ctrl-C)")
        server.run()
