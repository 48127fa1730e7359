"""Versions of entries that come from another board, and the checks before they are stored here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.checks import accepted, check_name
from superb_lite_leaderboard.entry import About, Entry, Event, Submitted, Tier, content_of
from superb_lite_leaderboard.store.predictions import PredictionFiles


@dataclass(frozen=True)
class Incoming:
    """A version as another board has it. Dates are ISO 8601, UTC."""

    name: str
    version: int
    """There."""
    submitted: str
    withdrawn: str
    """Empty for one that was not."""
    about: About
    events: tuple[Event, ...]
    read: Callable[[], Sequence[Submitted]]
    """Its results, checked by nobody yet; called once. Raises `SuperbLiteError` where they are damaged."""

    @property
    def ref(self) -> str:
        """What it is called there."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True)
class Checked:
    """A version whose results were checked here."""

    incoming: Incoming
    results: tuple[Submitted, ...]
    """Without their predictions, which are kept already."""

    @property
    def content(self) -> str:
        """As `Entry.content`."""
        return content_of((each.result.task, each.result.protocol, each.result.checksum()) for each in self.results)

    @property
    def age(self) -> tuple[str, str]:
        """By what versions of one name are put in order, on whatever board."""
        return self.incoming.submitted, self.content


@dataclass(frozen=True)
class Outcome:
    """What became of a version that came from another board."""

    ref: str
    """What it is called there."""
    stored: Entry | None
    """None where it was refused, or is here already."""
    reason: str = ""
    """Why it was not stored, in words that follow its name."""
    refused: bool = False


def check(incoming: Incoming, board: Board, columns: Sequence[Column], predictions: PredictionFiles) -> Checked:
    """Score the results of a version again here, as far as that can be done, and keep their predictions.

    No tier that somebody claims is believed. Predictions lie there before anything of the entry does, so that a process
    that dies leaves files that nobody asks for, and never an entry without its own.

    Raises `SuperbLiteError` where it cannot stand on the board.
    """
    check_name(incoming.name)
    given = [replace(each, tier=Tier.REPORTED) for each in incoming.read()]
    encoders = {(each.result.modality, each.result.encoder_hash) for each in given}
    several = len(encoders) > len({each.result.modality for each in given})  # the best of several, task by task
    found = accepted(given, board, columns, several=several)
    for each in found:
        predictions.put(each.result)
    return Checked(
        incoming,
        tuple(replace(each, result=each.result.replace(predictions={}, cluster_index=(), shown={})) for each in found),
    )
