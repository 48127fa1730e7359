"""One Chromium for all tests of the pages."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from superb_lite_leaderboard.pages.board_site import BoardSite
from superb_lite_leaderboard.server.run import listen
from superb_lite_leaderboard.store.leaderboard import Leaderboard

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass
class Said:
    """What a page said to its console, and what it asked for."""

    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Any]:
    """Opens a file or a URL in a page of its own; what it says is in `page.said`."""
    contexts = []

    def opened(
        address: Path | str, *, width: int = 1200, height: int = 900, scheme: str = "light", javascript: bool = True
    ) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=javascript
        )
        contexts.append(context)
        page, said = context.new_page(), Said()
        page.on("console", lambda m: said.errors.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.errors.append(str(error)))
        page.on("request", lambda request: said.requests.append(request.url))
        page.said = said
        page.goto(address.as_uri() if isinstance(address, Path) else address)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def live(filled: Leaderboard, tmp_path: Path) -> Iterator[str]:
    """The URL of a server that shows the board of a module's fixture `filled`, and what lies in "inside"."""
    with listen(BoardSite(filled, live=True, analyses=tmp_path / "inside"), "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.run)
        thread.start()
        yield server.url
        server.stop()
        thread.join(10)
