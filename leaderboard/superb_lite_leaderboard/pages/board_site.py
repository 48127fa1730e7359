"""The site of a board: which pages it has, and each of them when it is asked for.

The static export writes what `BoardSite` makes, the server sends it: one set of pages, the same bytes but for the word
by which an open page notices that the board has changed.
"""

from __future__ import annotations

from pathlib import Path

from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.pages.analyses import stamp
from superb_lite_leaderboard.pages.makers import Maker, Snapshot, any_pair, makers_of
from superb_lite_leaderboard.pages.site import (
    POLICY,
    Page,
    SiteContext,
)
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.views.asked import Asked
from superb_lite_leaderboard.views.board import BoardView
from superb_lite_leaderboard.views.examples import ExampleReader

MEDIA_TYPES = {
    "html": "text/html",
    "json": "application/json",
    "csv": "text/csv",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
}
"""By the ends of paths."""


class BoardSite:
    """The pages of a board by their paths; see `superb_lite_leaderboard.server.app.Site`.

    board: rank by its columns instead of by those of the leaderboard itself.
    live: whether a server sends the pages.
    analyses: the directory that `superb-lite analyze` wrote to; its report is a page, as soon as it is there.
    """

    policy = POLICY

    def __init__(
        self, leaderboard: Leaderboard, board: Board | None = None, *, live: bool = False, analyses: Path | None = None
    ) -> None:
        self._leaderboard = leaderboard
        self._board = board
        self._live = live
        self._analyses = analyses
        self._kept: tuple[tuple[int, str, str], Snapshot, dict[str, Maker]] | None = None

    def state(self) -> str:
        """A word that changes when anything on the board does."""
        return "-".join(str(part) for part in self._changed() if part != "")

    def paths(self) -> tuple[str, ...]:
        """All pages; of pairs those that a static export has."""
        return tuple(self._now()[1])

    def page(self, path: str, query: Asked | None = None) -> Page | None:
        """The page of a path; None where there is none. Raises `SuperbLiteError` where it cannot be made."""
        snapshot, makers = self._now()
        make = makers.get(path) or (any_pair(path, snapshot.entries) if self._live else None)
        if make is None:
            return None
        body = make(snapshot, snapshot.context.at(path), query or {})
        return Page(body if isinstance(body, bytes) else body.encode(), MEDIA_TYPES[path.rpartition(".")[2]])

    def _now(self) -> tuple[Snapshot, dict[str, Maker]]:
        """The board as it is; what was read is kept until it changes."""
        changed = self._changed()
        if self._kept is None or self._kept[0] != changed:
            self._kept = (changed, *self._read(changed[1]))
        return self._kept[1], self._kept[2]

    def _changed(self) -> tuple[int, str, str]:
        return *self._leaderboard.changed(), stamp(self._analyses)

    def _read(self, changed: str) -> tuple[Snapshot, dict[str, Maker]]:
        standings = self._leaderboard.standings(self._board)
        newest = self._leaderboard.entries()
        entries = {entry.ref: entry for entry in newest}
        columns = {column.key: column for column in standings.columns}
        view = BoardView.of(standings, newest)
        for entry in newest:
            if entry.version > 1:
                entries |= {older.ref: older for older, _ in self._leaderboard.history(entry.name)}
        makers = makers_of(view, entries, self._analyses if stamp(self._analyses) else None)
        context = SiteContext(
            board=standings.board.name,
            version=standings.board.version,
            changed=changed,
            paths=frozenset(makers),
            state=self.state() if self._live else "",
        )
        return Snapshot(
            self._leaderboard, standings, view, entries, columns, context, ExampleReader(self._leaderboard)
        ), makers
