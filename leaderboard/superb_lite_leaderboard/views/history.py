"""The versions of one name as values: when each was submitted, what happened to it, and how its scores changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from superb_lite.errors import SuperbLiteError
from superb_lite.metrics.statistics import interval
from superb_lite_leaderboard.entry import Entry, Event, Measured, Tier, samples
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.views.plain import plain


@dataclass(frozen=True)
class Change:
    """The score of a version on one task minus that of the version before it, in points of percent."""

    task: str
    protocol: str
    difference: float
    lo: float
    hi: float
    """The ends of the 95% interval, paired by test cluster and seed; not corrected for the number of tasks."""

    @property
    def clear(self) -> bool:
        """Whether the interval excludes 0."""
        return not self.lo <= 0 <= self.hi


@dataclass(frozen=True)
class Version:
    """A version of the name."""

    ref: str
    submitted: str
    withdrawn: str
    """ISO 8601, UTC; empty for one that stands."""
    tier: Tier
    results: int
    """How many columns."""
    events: tuple[Event, ...]


@dataclass(frozen=True)
class VersionView(Version):
    """A version of the name, and what it changed."""

    changes: tuple[Change, ...]
    """From the version before it, of the tasks that both have and whose score is another one."""
    same: int
    """So many tasks have the same score in both."""
    incomparable: tuple[str, ...]
    """Tasks that both have, in another version or on other data, or damaged."""


@dataclass(frozen=True)
class HistoryView:
    """All versions, the newest first."""

    name: str
    versions: tuple[VersionView, ...]

    @classmethod
    def of(cls, board: Leaderboard, name: str) -> HistoryView:
        """The history of a name. Raises `UnknownNameError` for one that the board does not have."""
        found = board.history(name)
        before: list[Entry | None] = [None, *(entry for entry, _ in found)]
        made = [_version(entry, events, last) for (entry, events), last in zip(found, before, strict=False)]
        return cls(name, tuple(reversed(made)))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values: `superb-lite leaderboard history NAME --json`."""
        found: dict[str, Any] = plain(self)
        return found


def _version(entry: Entry, events: Sequence[Event], before: Entry | None) -> VersionView:
    mine = {(result.task, result.protocol): result for result in entry.results}
    theirs = {} if before is None else {(result.task, result.protocol): result for result in before.results}
    changes, same, incomparable = [], 0, []
    for key in mine.keys() & theirs.keys():
        if mine[key].checksum == theirs[key].checksum:
            same += 1
            continue
        change = _change(mine[key], theirs[key])
        if change is None:
            incomparable.append(key[0])
        else:
            changes.append(change)
    return VersionView(
        ref=entry.ref,
        submitted=entry.submitted,
        withdrawn=entry.withdrawn,
        tier=entry.tier,
        results=len(entry.results),
        events=tuple(events),
        changes=tuple(sorted(changes, key=lambda change: (change.task, change.protocol))),
        same=same,
        incomparable=tuple(sorted(incomparable)),
    )


def _change(new: Measured, old: Measured) -> Change | None:
    """None for results that cannot be paired."""
    comparable = ("task_version", "clusters_sha256", "data_sha256")
    if any(getattr(new, name) != getattr(old, name) for name in comparable):
        return None
    tables = samples([new, old])
    if isinstance(tables[0], SuperbLiteError) or isinstance(tables[1], SuperbLiteError):
        return None
    try:
        found = interval(tables[0].minus(tables[1]))
    except ValueError:
        return None
    return Change(new.task, new.protocol, 100 * found.estimate, 100 * found.lo, 100 * found.hi)
