"""Pages of made-up boards, and a reader of pages."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser

from superb_lite_leaderboard.entry import Entry
from superb_lite_leaderboard.pages.board import render_board
from superb_lite_leaderboard.pages.board_site import BoardSite
from superb_lite_leaderboard.pages.site import SiteContext
from superb_lite_leaderboard.ranking.ranking import Standings
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.views.board import BoardView

VOID = {"meta", "link", "br", "hr", "line", "circle", "input", "img"}


class Reader(HTMLParser):
    """Tags, the values of <data>, and the text; fails on tags that do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.values: list[float] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag == "data":
            self.values.append(float(dict(attrs)["value"] or "nan"))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def words(self) -> str:
        """The text with single spaces."""
        return " ".join(self.text.split())

    @property
    def links(self) -> list[str]:
        return [value for name, value in self.attributes if name in ("href", "src", "xlink:href", "action", "srcset")]


def page(leaderboard: Leaderboard, path: str = "index.html") -> str:
    """A page of the static site."""
    found = BoardSite(leaderboard).page(path)
    assert found is not None
    return found.body.decode()


def page_of(standings: Standings, entries: Sequence[Entry]) -> str:
    """The page of the board of standings that no database has."""
    columns = {column.key: column for column in standings.columns}
    site = SiteContext(standings.board.name, standings.board.version)
    return render_board(BoardView.of(standings, entries), site, columns)
