"""What a raw text item must be."""

from __future__ import annotations

from typing import Any

from superb_lite.encoder import Item
from superb_lite.errors import BadItemError


def check_item(name: str, item: Any) -> None:
    """Raise `BadItemError` unless `item` is a text, or a pair (first, second) of texts.

    A text is a string with at least one character that is not white space.
    """
    if isinstance(item, tuple) and len(item) == 2:
        for part in item:
            _check_text(name, part)
    else:
        _check_text(name, item)


def _check_text(name: str, text: Any) -> None:
    if not isinstance(text, str):
        raise BadItemError(f"text item '{name}' is a {type(text).__name__}: it must be a str, or a tuple of two")
    if not text.strip():
        raise BadItemError(f"text item '{name}' is empty: leave it out, or give it text")


def length(item: Item) -> int:
    """Characters of a text or a pair: what encoding it costs."""
    return sum(map(len, item)) if isinstance(item, tuple) else len(item)
