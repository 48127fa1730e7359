"""Rows that others published on official tasks, as they are shown beside a board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from superb_lite_leaderboard.entry import Tier
from superb_lite_leaderboard.ranking.ranking import Standings


@dataclass(frozen=True)
class Published:
    """A model with the numbers that its authors, or those of the task set, published."""

    taskset: str
    name: str
    source: str
    score: float | None
    """Of the whole set, on the scale of its authors."""
    score_name: str
    figures: tuple[tuple[str, float], ...]
    """Of tasks that stand on the board: "set/task metric", and the number in percent."""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "taskset": self.taskset,
            "name": self.name,
            "source": self.source,
            "tier": Tier.REPORTED.label,
            "ranked": False,
            "score": self.score,
            "score_name": self.score_name,
            "figures": dict(self.figures),
        }


def published_rows(standings: Standings) -> tuple[Published, ...]:
    """The published rows of a board, set by set."""
    return tuple(
        Published(
            taskset=taskset,
            name=row.name,
            source=row.source,
            score=row.score,
            score_name=row.score_name,
            figures=tuple((_label(figure.tasks, figure.metric), 100 * figure.value) for figure in row.figures),
        )
        for taskset, rows in standings.published.items()
        for row in rows
    )


def _label(tasks: tuple[str, ...], metric: str) -> str:
    """ "superb/ks accuracy"; of the mean over several tasks "superb/er1 to er5 accuracy"."""
    last = "" if len(tasks) == 1 else f" to {tasks[-1].split('/')[-1]}"
    return f"{tasks[0]}{last} {metric}"
