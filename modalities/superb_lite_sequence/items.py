"""What a raw sequence must be."""

from __future__ import annotations

from typing import Any

from superb_lite.errors import BadItemError
from superb_lite.tasks.labels import Item


def check_item(name: str, item: Any) -> None:
    """Raise `BadItemError` unless `item` is a sequence or a pair (tuple) of sequences.

    A sequence is a string of at least one symbol; a symbol is a printable character that is not white space.
    """
    if isinstance(item, tuple):
        if len(item) != 2:
            raise BadItemError(f"sequence '{name}' is a tuple of {len(item)}: it must be a str or a pair of them")
        for which, part in zip(("first", "second"), item, strict=True):
            _check_sequence(f"the {which} sequence of item '{name}'", part, "it must be a str")
    else:
        _check_sequence(f"sequence '{name}'", item, "it must be a str or a pair (tuple) of them")


def _check_sequence(what: str, sequence: Any, wanted: str) -> None:
    if not isinstance(sequence, str):
        raise BadItemError(f"{what} is a {type(sequence).__name__}: {wanted}")
    if not sequence:
        raise BadItemError(f"{what} is empty: leave it out, or give it symbols")
    if (place := first_no_symbol(sequence)) is not None:
        raise BadItemError(
            f"{what} holds {sequence[place]!a} at position {place + 1}: symbols are printable characters, "
            "no white space"
        )


def first_no_symbol(sequence: str) -> int | None:
    """Where the first character stands that is no symbol."""
    if sequence.isprintable() and " " not in sequence:  # the space is the one printable character of white space
        return None
    return next(place for place, symbol in enumerate(sequence) if symbol == " " or not symbol.isprintable())


def length(item: Item) -> int:
    """Symbols of a sequence or a pair: what encoding it costs."""
    return sum(map(len, item)) if isinstance(item, tuple) else len(item)
