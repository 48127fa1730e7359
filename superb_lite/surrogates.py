"""Halves of surrogate pairs, which UTF-8 cannot hold: damaged files and undecodable file names leave them in a text.

One rule for all: a text of a release is refused for one, a text of a person is read with a substitute in its place, and
a hash is of the text as it is, so that texts that differ in one differ in their hashes.
"""

from __future__ import annotations

import re

_SURROGATE = re.compile("[\ud800-\udfff]")


def first_surrogate(text: str) -> str | None:
    """The first half of a surrogate pair in a text, or None."""
    found = _SURROGATE.search(text)
    return None if found is None else found[0]


def without_surrogates(text: str, substitute: str = "\ufffd") -> str:
    """The text with every half of a surrogate pair as one other character, so that it is as long as before."""
    return _SURROGATE.sub(substitute, text)


def hashed_bytes(text: str) -> bytes:
    """The text for a hash: UTF-8, in which a half of a surrogate pair has three bytes of its own."""
    return text.encode("utf-8", "surrogatepass")
