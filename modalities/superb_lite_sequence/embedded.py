"""The sequences that installed packages carry, by kind."""

from __future__ import annotations

from typing import Literal

from superb_lite.errors import SuperbLiteError
from superb_lite.imports import resolve

_CORPORA = {
    "dna": "superb_lite_sources.dna:corpus",
    "protein": "superb_lite_sources.protein:corpus",
    "music": "superb_lite_sources.music:corpus",
}
"""Imported when they are read: each needs other packages."""

KINDS = tuple(_CORPORA)


def embedded(kind: str, part: Literal["pretrain", "held-out"] = "pretrain") -> tuple[str, ...]:
    """The sequences of a kind for pretraining, or others to measure what was learnt; none is in a test of a task.

    Raises `SuperbLiteError` for an unknown kind, and where the package that carries it is missing.
    """
    if kind not in _CORPORA:
        raise SuperbLiteError(f"--data.kinds: no sequences of the kind '{kind}' are embedded: {', '.join(KINDS)}")
    sequences: tuple[str, ...] = resolve(_CORPORA[kind])(part)
    return sequences
