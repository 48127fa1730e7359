"""Standings: the rows of a board with their scores, intervals and ranks, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from superb_lite.tasks.published import PublishedRow
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.entry import Measured
from superb_lite_leaderboard.ranking.lists import languages, sets


@dataclass(frozen=True)
class Standing:
    """A score and where it stands."""

    score: float
    ci: tuple[float, float]
    """The 95% interval."""
    rank: tuple[int, int]
    """The best and the worst rank that the comparisons leave open."""
    group: int
    """The rank group, 1 for the best: see `superb_lite.metrics.pairwise.Compared.groups`."""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"score": self.score, "ci": list(self.ci), "rank": list(self.rank), "group": self.group}


@dataclass(frozen=True)
class TaskStanding:
    """One result on the board."""

    result: Measured
    """Its score and interval are fractions."""
    normalised: float | None
    """In percent; None where the task is not calibrated."""
    normalised_ci: tuple[float, float] | None
    """The 95% interval of `normalised`."""
    rank: tuple[int, int]
    """As in `Standing`, among the entries that have this column."""
    group: int
    """As in `Standing`, among these entries."""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "encoder": self.result.encoder,
            "score": self.result.score,
            "ci": list(self.result.ci),
            "normalised": self.normalised,
            "protocol": self.result.protocol,
            "rank": list(self.rank),
            "group": self.group,
            "tier": self.result.tier.label,
        }


@dataclass(frozen=True)
class Row:
    """One entry. Scores of modalities, languages, sets and overall are percentages."""

    name: str
    encoders: Mapping[str, str]
    """By modality."""
    overall: Standing | None
    """None unless every column has a result."""
    modalities: Mapping[str, Standing]
    """Those whose columns all have a result."""
    languages: Mapping[tuple[str, str], Standing]
    """By (modality, language), where the board has a modality in several: those whose columns all have a result."""
    sets: Mapping[tuple[str, str], Standing]
    """By (modality, task set), where the board has several sets of a modality, alike."""
    tasks: Mapping[str, TaskStanding]
    """By `Column.key`, in the board's order."""
    mean_rank: float | None
    """The mean over columns of the rank by score, 1 for the best, among the entries that have an overall score; equal
    scores share the mean of their ranks. None without an overall score."""
    iqm: float | None
    """The interquartile mean (Agarwal et al. 2021, arXiv 2108.13264, section 4.3) of the normalised scores of all
    columns and evaluation seeds, in percent: the mean of the middle half. None without an overall score."""
    reference: str
    """What the entry is there to be compared with: "majority", "raw" and "untrained" with ", " between them, where all
    of its encoders are such (`ranking.references`); else empty."""

    def to_dict(self) -> dict[str, Any]:
        """A row of `superb-lite leaderboard show --json`.

        A task has the key "set/task" under its default protocol and "set/task@protocol" under another one.
        """
        return {
            "name": self.name,
            "encoders": dict(self.encoders),
            "reference": self.reference,
            "overall": None if self.overall is None else self.overall.to_dict(),
            "mean_rank": self.mean_rank,
            "iqm": self.iqm,
            "modalities": {name: standing.to_dict() for name, standing in self.modalities.items()},
            "languages": {"/".join(key): standing.to_dict() for key, standing in self.languages.items()},
            "sets": {"/".join(key): standing.to_dict() for key, standing in self.sets.items()},
            "tasks": {key: standing.to_dict() for key, standing in self.tasks.items()},
        }


@dataclass(frozen=True)
class Gain:
    """A pretrained encoder's score on one column minus that of its random twin."""

    entry: str
    """The name of the entry."""
    key: str
    """`Column.key`."""
    twin: str
    """The reference of the untrained encoder."""
    difference: float
    """A fraction, paired by test cluster and evaluation seed."""
    ci: tuple[float, float]
    """The 95% interval of `difference`, not corrected for the number of columns."""


@dataclass(frozen=True)
class Standings:
    """The rows of a board, best first."""

    board: Board
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    """One line for each result that was left out: its task has another version by now, it is damaged or no number."""
    gains: tuple[Gain, ...] = ()
    """What pretraining brought, in the order of rows and columns, for the entries whose random twins are there."""
    detectable: Mapping[str, float] = field(default_factory=dict)
    """By column key the smallest difference that the column shows (`superb_lite.results.power`), normalised where it is
    calibrated, else in points of the score; of the columns that have a result."""
    published: Mapping[str, Sequence[PublishedRow]] = field(default_factory=dict)
    """By task set, what others published on its tasks, where they stand on the board; never ranked."""

    @property
    def modalities(self) -> tuple[str, ...]:
        """The modalities of the board, in the order of its columns."""
        return tuple(dict.fromkeys(column.task.modality for column in self.columns))

    @property
    def languages(self) -> tuple[tuple[str, str], ...]:
        """(modality, language) of the modalities that the board has in several, in the order of its columns."""
        return tuple(languages(self.columns))

    @property
    def sets(self) -> tuple[tuple[str, str], ...]:
        """(modality, task set) of the modalities that the board has several sets of, in the order of its columns."""
        return tuple(sets(self.columns))
