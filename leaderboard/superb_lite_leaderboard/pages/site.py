"""Where the pages of a site are, and how they name each other: the same for files on disk and for the server."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlencode

from superb_lite.errors import SuperbLiteError
from superb_lite.surrogates import hashed_bytes
from superb_lite_leaderboard.views.asked import asked_of
from superb_lite_leaderboard.views.query import BoardQuery

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
    "media-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'"
)
"""The content security policy of all pages. Scripts and styles are files of the site, from disk as well ('self' is then
the disk); nothing comes from elsewhere, and no text of a page can run. A style attribute, which places a dot in a plot,
loads and runs nothing."""

PAIRED = 20
"""So many entries from the top are compared with their neighbours and with the best in a static export."""

READABLE = 40
"""Characters of a name that a file's name shows."""

DIGITS = 12
"""Hexadecimal digits of a name's hash in a file's name, so that two names never share a file."""


INSIDE = "inside.html"
"""The path of the report of analyses inside a site."""


def slug(name: str) -> str:
    """A file name for what anybody may have called something: letters, digits and hyphens, then a hash of the name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    readable = re.sub(r"[^a-z0-9]+", "-", plain)[:READABLE].strip("-")
    digits = hashlib.sha256(hashed_bytes(name)).hexdigest()[:DIGITS]
    return f"{readable}-{digits}" if readable else digits


def entry_path(ref: str) -> str:
    """The path of the page of an entry, "NAME@2", inside a site."""
    return f"entry/{slug(ref)}.html"


def task_path(key: str) -> str:
    """The path of the page of a column (`Column.key`) inside a site."""
    return f"task/{slug(key)}.html"


def pair_path(a: str, b: str) -> str:
    """The path of the page that compares two entries inside a site."""
    return f"compare/{slug(a)}--{slug(b)}.html"


def scatter_path(cost: str) -> str:
    """The path of the page of score against a cost (`views.scatter.AXES`) inside a site."""
    return "scatter.html" if cost == "parameters" else f"scatter-{cost}.html"


def set_path(taskset: str, name: str = "index.html") -> str:
    """The path of the tasks of a set side by side inside a site. name: as of the board, also of a download."""
    return f"set/{slug(taskset)}.{name.rpartition('.')[2]}"


@dataclass(frozen=True)
class SiteContext:
    """What every page knows of the site that it is a page of. URLs are relative to the page."""

    board: str
    """The name of the board."""
    version: int
    """Of the board."""
    changed: str = ""
    """When the board changed last, ISO 8601, UTC; empty where nobody knows."""
    paths: frozenset[str] = frozenset({"index.html"})
    """The pages of the site, but for pairs on a server, which makes any."""
    state: str = ""
    """Of a server: a word that changes when the board does (`VERSION_PATH` answers with it). Empty: files on disk."""
    path: str = "index.html"
    """Of the page that is made."""

    @property
    def live(self) -> bool:
        """Whether a server makes the pages."""
        return bool(self.state)

    def at(self, path: str) -> SiteContext:
        """The site as another page of it sees it."""
        return dataclasses.replace(self, path=path)

    def url(self, path: str) -> str:
        """Of a file of the site, whether or not it is there."""
        return "../" * self.path.count("/") + path

    def page(self, path: str) -> str:
        """The URL of a page; empty where the site has no such page."""
        return self.url(path) if path in self.paths else ""

    def home(self) -> str:
        """The URL of the board."""
        return self.url("index.html")

    def board_of(self, query: BoardQuery, name: str = "index.html") -> str:
        """The URL of what a query chooses of the board; empty where the site has no such page.

        name: "index.html", or a download.
        """
        asked = asked_of(query)
        if not asked:
            return self.page(name)
        if self.live:
            return f"{self.url(name)}?{urlencode(asked, errors='backslashreplace')}"
        return self.page(set_path(asked[0][1], name)) if [key for key, _ in asked] == ["set"] else ""

    def entry(self, ref: str) -> str:
        """The URL of the page of an entry, "NAME@2"; empty where the site has none."""
        return self.page(entry_path(ref))

    def task(self, key: str) -> str:
        """The URL of the page of a column (`Column.key`); empty where the site has none."""
        return self.page(task_path(key))

    def compare(self, a: str, b: str) -> str:
        """The URL of the page that compares two entries, in either order; empty where the site has none."""
        if self.live:
            return self.url(pair_path(a, b))
        return self.page(pair_path(a, b)) or self.page(pair_path(b, a))

    def pairs(self) -> list[str]:
        """The pairs that have a page among the files of a site, "SLUG--SLUG" each."""
        found = (path for path in self.paths if path.startswith("compare/"))
        return sorted(path.removeprefix("compare/").removesuffix(".html") for path in found)

    def scatter(self) -> str:
        """The URL of score against cost; empty where the site has none."""
        return self.page("scatter.html")

    def time(self) -> str:
        """The URL of scores over time; empty where the site has none."""
        return self.page("time.html")

    def inside(self) -> str:
        """The URL of the report of analyses; empty where the site has none."""
        return self.page(INSIDE)

    def asset(self, name: str) -> str:
        """The URL of a style sheet or a script."""
        return self.url(f"static/{name}")

    def data(self, name: str) -> str:
        """The URL of a download, such as "board.csv"; empty where the site has none."""
        return self.page(name)


class QueryError(SuperbLiteError):
    """The address of a page asks for what there is not."""


@dataclass(frozen=True)
class Page:
    """A file of a site."""

    body: bytes
    media_type: str
