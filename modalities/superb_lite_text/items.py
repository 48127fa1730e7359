"""What a raw text item must be."""

from __future__ import annotations

from typing import Any

from superb_lite.errors import BadItemError


def check_item(name: str, item: Any) -> None:
    """Raise `BadItemError` unless `item` is a string with at least one character that is not white space."""
    if not isinstance(item, str):
        raise BadItemError(f"text item '{name}' is a {type(item).__name__}: it must be a str")
    if not item.strip():
        raise BadItemError(f"text item '{name}' is empty: leave it out, or give it text")
