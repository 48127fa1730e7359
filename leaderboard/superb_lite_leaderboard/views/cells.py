"""The cells of the board, its columns and its rows, as values.

A cell has a key of its column: "overall", a modality, "MODALITY/LANGUAGE", or a task as in `Column.key`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from superb_lite.results.text import with_margin
from superb_lite_leaderboard.entry import About, Tier

Kind = Literal["overall", "modality", "language", "set", "task"]

OVERALL = "overall"


@dataclass(frozen=True)
class Heading:
    """A column of the table."""

    key: str
    label: str
    kind: Kind
    modality: str = ""
    taskset: str = ""
    """Of a task."""
    language: str = ""
    """Of a task or of a score of a language."""
    higher_is_better: bool = True
    """Whether a larger score is a better one; normalised scores always are such."""
    detects: float | None = None
    """The smallest difference that the column shows, see `Standings.detectable`; of a task."""
    protocol: str = ""
    """Of a task: what was trained."""
    form: str = ""
    """Of a task: how features become predictions."""
    metrics: tuple[str, ...] = ()
    """Of a task."""
    task_version: int | None = None
    floor: float | None = None
    """Of a task with a scale: what normalised 0 stands for, in percent, a mean over its metrics."""
    ceiling: float | None = None
    """What 100 stands for."""

    def covers(self, task: Heading) -> bool:
        """Whether a task is one of those that this score is a mean over."""
        own = ((self.modality, task.modality), (self.language, task.language), (self.taskset, task.taskset))
        return task.kind == "task" and all(not mine or mine == of_task for mine, of_task in own)


@dataclass(frozen=True)
class Cell:
    """A number with what is known of it. Scores are in percent."""

    value: float
    lo: float
    hi: float
    """The ends of the 95% interval."""
    rank: tuple[int, int]
    """The best and the worst rank that the comparisons leave open."""
    group: int
    """The rank group, 1 for the best (`ranking.standings.Standing.group`)."""
    normalised: float | None = None
    """Of a task that has a scale."""
    normalised_ci: tuple[float, float] | None = None
    encoder: str = ""
    """Of a task: what was evaluated, without a path."""
    tier: Tier = Tier.RERUN
    """The lowest of the results behind it."""
    marks: str = ""
    """† pretrained on the task's source, ? on what nobody knows, ‡ one evaluation seed."""

    @property
    def leads(self) -> bool:
        """Whether no entry is significantly better."""
        return self.rank[0] == 1

    def place(self, *, normalised: bool = True) -> tuple[float, float, float]:
        """Where a plot has the score and the two ends of its interval: normalised where that is known and wanted."""
        if normalised and self.normalised is not None and self.normalised_ci is not None:
            return (self.normalised, *self.normalised_ci)
        return (self.value, self.lo, self.hi)

    @property
    def text(self) -> str:
        """ "71.2 ± 1.3"."""
        return with_margin(self.value, (self.lo, self.hi))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        found: dict[str, Any] = {"score": self.value, "ci": [self.lo, self.hi]}
        found |= {"rank": list(self.rank), "group": self.group}
        if self.encoder:
            found |= {"normalised": self.normalised, "encoder": self.encoder}
        return found | {"tier": self.tier.label, "marks": self.marks}


@dataclass(frozen=True)
class BoardRow:
    """An entry on the board."""

    ref: str
    """ "NAME@2"."""
    name: str
    version: int
    tier: Tier
    own_code: bool
    reference: bool
    """It holds only untrained encoders and baselines without weights: something to compare with."""
    submitted: str
    """ISO 8601, UTC."""
    about: About
    encoders: Mapping[str, str]
    """By modality, without paths."""
    cells: Mapping[str, Cell]
    """By `Heading.key`; what is not there is not scored."""
    group: int | None
    """The rank group, 1 for the best: by overall score, the first entry leads it, and all that follow belong to it
    until one that the leader is significantly better than, which leads the next. None without an overall score."""
    mean_rank: float | None
    """As `ranking.standings.Row.mean_rank`."""
    iqm: float | None
    """As `ranking.standings.Row.iqm`, in percent."""
    missing: tuple[str, ...]
    """Keys of the tasks without a result."""
    costs: Mapping[str, float]
    """What is known of its costs, by the keys of `views.costs.AXES`."""

    def to_dict(self, keys: Collection[str]) -> dict[str, Any]:
        """Plain JSON values. keys: of the columns that are shown."""
        return {
            "ref": self.ref,
            "name": self.name,
            "version": self.version,
            "submitted": self.submitted,
            "tier": self.tier.label,
            "own_code": self.own_code,
            "reference": self.reference,
            "group": self.group,
            "mean_rank": self.mean_rank,
            "iqm": self.iqm,
            "about": self.about.model_dump(mode="json"),
            "encoders": dict(self.encoders),
            "scores": {key: cell.to_dict() for key, cell in self.cells.items() if key in keys},
            "costs": dict(self.costs),
            "missing": [key for key in self.missing if key in keys],
        }
