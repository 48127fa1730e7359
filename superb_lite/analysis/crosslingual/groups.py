"""Groups of encoders: what was pretrained alike, but for the seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from superb_lite.encoders.encoder import Encoder

NONE = "none"
"""The row of encoders that were never trained."""


@dataclass(frozen=True)
class Group:
    """Encoders that differ in their pretraining seed alone."""

    name: str
    encoders: Mapping[str, Encoder]
    languages: tuple[str, ...] = ()
    """That they were pretrained on, as far as anybody knows; empty for those that were never trained."""
    amount: float | None = None
    """How much they have read, on whatever scale; None where nobody knows."""
