"""What others published on an official task set, as reference data: never measured here, never ranked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One published number."""

    tasks: tuple[str, ...]
    """The tasks whose mean it is; mostly one."""
    metric: str
    value: float
    """A fraction, as results have it."""


@dataclass(frozen=True)
class PublishedRow:
    """What was published of one model on one task set."""

    name: str
    source: str
    """Who published it, and where."""
    figures: tuple[Figure, ...] = ()
    score: float | None = None
    """Of the whole set, on the scale of its authors (`score_name`)."""
    score_name: str = ""
