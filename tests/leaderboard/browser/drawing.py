"""What a test waits for before it reads the text of a page."""

from __future__ import annotations

from typing import Any


def drawn(page: Any) -> Any:
    """The page with every row drawn: Chromium gives no text of a row that it has not yet found to be in sight."""
    page.evaluate("document.querySelectorAll('tr.entry').forEach(row => { row.style.contentVisibility = 'visible' })")
    return page
