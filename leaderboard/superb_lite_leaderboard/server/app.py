"""The pages of a leaderboard over HTTP: the same pages as the static export, made from the board as it is now.

Only GET and HEAD are answered, and only for hosts that are known: a page of somebody else that a browser has open must
not read a board on this machine (DNS rebinding). Paths are looked up among the pages that the site has; no path ever
reaches the file system. Nothing of an error but its one line leaves the server.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from superb_lite.errors import SuperbLiteError, one_line
from superb_lite_leaderboard.pages.site import Page, QueryError
from superb_lite_leaderboard.views.asked import Asked

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
"""The names by which a browser on this machine may ask."""

LONGEST_PATH = 2000
"""Characters of a path with its query; a slug has fewer."""

VERSION_PATH = "version"
"""Answers with the state of the board, so that an open page notices a change."""


class Site(Protocol):
    """Pages by path; see `superb_lite_leaderboard.pages.site`."""

    def page(self, path: str, query: Asked) -> Page | None:
        """The page of a path such as "task/x.html"; None where there is none.

        Raises `QueryError` for a query that asks for what there is not, `SuperbLiteError` where it cannot be made.
        """

    def state(self) -> str:
        """A short word that changes when anything on the board does."""

    @property
    def policy(self) -> str:
        """The content security policy of the pages."""


class SecurityHeaders:
    """Adds to every answer what keeps browsers from doing more than showing it."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self._app = app
        self._headers = [
            (b"content-security-policy", f"{policy}; frame-ancestors 'none'".encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"cache-control", b"no-cache"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        await self._app(scope, receive, with_headers)


def application(
    site: Site, hosts: Sequence[str] = LOOPBACK, *, report: Callable[[str], None] | None = None
) -> Starlette:
    """The ASGI application of a site.

    hosts: the names under which it is asked for; any other Host header is refused with status 400.
    report: told, in one line, what went wrong inside; by default standard error is.
    """
    told = report or (lambda line: print(line, file=sys.stderr))
    lock = threading.Lock()  # a page that several readers ask for at once is made once, then taken from what is kept

    def answer(request: Request) -> Response:
        path = request.path_params["path"]
        if len(path) + len(request.url.query) > LONGEST_PATH:
            return PlainTextResponse("the address is too long\n", status_code=414)
        try:
            with lock:
                if path == VERSION_PATH:
                    return PlainTextResponse(site.state())
                asked = {name: request.query_params.getlist(name) for name in request.query_params}
                found = site.page(path or "index.html", asked)
        except QueryError as error:
            return PlainTextResponse(f"{one_line(str(error))}\n", status_code=400)
        except SuperbLiteError as error:
            told(one_line(f"superb-lite: {request.url.path}: {error}"))
            return PlainTextResponse(f"{one_line(str(error))}\n", status_code=503)
        except Exception as error:
            told(one_line(f"superb-lite: {request.url.path}: {type(error).__name__}: {error}"))
            return PlainTextResponse("this page cannot be made: the terminal of the server says why\n", status_code=500)
        if found is None:
            return PlainTextResponse("there is no such page\n", status_code=404)
        return Response(found.body, media_type=found.media_type)

    return Starlette(
        routes=[Route("/{path:path}", answer, methods=["GET"])],
        middleware=[
            Middleware(SecurityHeaders, policy=site.policy),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
        ],
    )
