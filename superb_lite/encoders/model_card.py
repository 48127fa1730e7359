"""What a model card (README.md) beside weights declares in its metadata, as cards on the Hugging Face hub do.

The card is a stranger's text: it is read as data, and nothing but its list `datasets` is taken from it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from superb_lite.errors import SuperbLiteError, note, one_line
from superb_lite.paths import read_utf8

CARD = "README.md"

_LARGEST, _MOST, _LONGEST = 2**20, 100, 100
"""Bytes of a card, names in it, and characters of a name."""


def pretraining_of(source: str, folder: Path) -> dict[str, Any]:
    """`Encoder.pretraining` of weights from elsewhere. source: their reference. folder: where their card may lie.

    A card lists data sets, but rarely all that a model has seen: `corpora_complete` is false.
    """
    corpora = declared_corpora(folder)
    return {"source": source, **({"corpora": corpora, "corpora_complete": False} if corpora else {})}


def declared_corpora(folder: Path) -> list[str]:
    """The names under `datasets:` in the metadata of a folder's card; none where there is no card, or it says none.

    Says in a line when a card has metadata that cannot be read.
    """
    card = folder / CARD
    if not card.is_file():
        return []
    try:
        found = _metadata(read_utf8(card, limit=_LARGEST)).get("datasets")
    except (SuperbLiteError, yaml.YAMLError, ValueError, RecursionError, AttributeError) as error:
        note(f"the metadata of '{card}' cannot be read, so nobody knows its data sets: {one_line(error, 100)}")
        return []
    names = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    kept = [name.strip() for name in names[:_MOST] if isinstance(name, str)]
    return [name for name in dict.fromkeys(kept) if name and name.isprintable() and len(name) <= _LONGEST]


def _metadata(text: str) -> dict[str, Any]:
    """What stands between the lines `---` at the beginning."""
    first, *lines = text.splitlines()[:2000] or [""]
    if first.strip() != "---":
        return {}
    ends = [i for i, line in enumerate(lines) if line.strip() == "---"]
    found = yaml.safe_load("\n".join(lines[: ends[0]])) if ends else None
    return found if isinstance(found, dict) else {}
