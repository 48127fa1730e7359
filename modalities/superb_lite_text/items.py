"""What a raw text item must be."""

from __future__ import annotations

from typing import Any

from superb_lite.errors import BadItemError
from superb_lite.tasks.labels import Item


def check_item(name: str, item: Any) -> None:
    """Raise `BadItemError` unless `item` is a text or a pair (tuple) of texts.

    A text is a string with at least one character that is not white space.
    """
    if isinstance(item, tuple):
        if len(item) != 2:
            raise BadItemError(f"text item '{name}' is a tuple of {len(item)}: it must be a str or a pair of them")
        for which, part in zip(("first", "second"), item, strict=True):
            _check_text(f"the {which} text of item '{name}'", part, "it must be a str")
    else:
        _check_text(f"text item '{name}'", item, "it must be a str or a pair (tuple) of them")


def _check_text(what: str, text: Any, wanted: str) -> None:
    if not isinstance(text, str):
        raise BadItemError(f"{what} is a {type(text).__name__}: {wanted}")
    if not text.strip():
        raise BadItemError(f"{what} is empty: leave it out, or give it text")


def length(item: Item) -> int:
    """Characters of a text or a pair: what encoding it costs."""
    return sum(map(len, item)) if isinstance(item, tuple) else len(item)
