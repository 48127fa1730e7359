"""Every version of every entry by the date on which it was submitted, with its overall score."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from superb_lite_leaderboard.entry import Entry, Tier
from superb_lite_leaderboard.ranking.ranking import Standing, Standings, rank
from superb_lite_leaderboard.store.leaderboard import Leaderboard


@dataclass(frozen=True)
class Submission:
    """A version of an entry."""

    ref: str
    name: str
    version: int
    submitted: str
    """ISO 8601, UTC."""
    tier: Tier
    withdrawn: str
    """ISO 8601, UTC; empty for one that stands."""
    score: float | None
    """Overall; None where columns are missing."""
    ci: tuple[float, float] | None
    """The 95% interval of `score`."""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**dataclasses.asdict(self), "tier": self.tier.label}


def moments(leaderboard: Leaderboard, standings: Standings) -> tuple[Submission, ...]:
    """All versions, the oldest first. standings: of those that stand."""
    ranked = {row.name: row.overall for row in standings.rows}
    standing = {entry.id for entry in leaderboard.entries()}
    found = []
    for entry in leaderboard.versions():
        overall = ranked.get(entry.name) if entry.id in standing else _alone(entry, standings)
        found.append(
            Submission(
                entry.ref,
                entry.name,
                entry.version,
                entry.submitted,
                entry.tier,
                entry.withdrawn,
                None if overall is None else overall.score,
                None if overall is None else overall.ci,
            )
        )
    return tuple(sorted(found, key=lambda each: (each.submitted, each.name, each.version)))


def _alone(entry: Entry, standings: Standings) -> Standing | None:
    """The overall standing of a version that is ranked no more, on the scale of today."""
    return rank([entry], standings.board, standings.columns).rows[0].overall
