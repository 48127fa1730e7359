"""Text in Markdown."""

from __future__ import annotations

import re

from superb_lite.errors import printable

_SPECIAL = re.compile(r"[\\`*_{}\[\]#|~!]")


def cell(text: str) -> str:
    """Text that a stranger may have written, as text in a cell of a table and nothing else."""
    return _SPECIAL.sub(r"\\\g<0>", printable(text)).replace("&", "&amp;").replace("<", "&lt;")
