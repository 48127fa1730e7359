"""Encoder references as strangers may read them: no path of the machine that they were evaluated on."""

from __future__ import annotations

import re

from superb_lite.errors import NAME_LIMIT, one_line

_PATH = re.compile(r"(?:\b[A-Za-z]:(?=\\))?[^\s,;:=]*[/\\]([^\s,;/\\]+)[/\\]?")
_HUB_NAME = re.compile(r"[A-Za-z]+:[\w.-]+/[\w.-]+")


def public_name(reference: str) -> str:
    """A reference, or a list of them, with the last component in the place of each path.

    `hf:ORGANISATION/MODEL` is the name of a model on a hub and stays.
    """
    shown = ", ".join(each if _HUB_NAME.fullmatch(each) else _PATH.sub(r"\1", each) for each in reference.split(", "))
    return one_line(shown, NAME_LIMIT)
