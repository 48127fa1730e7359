"""What two entries have in common as values: the two sides, tasks, and means of modalities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from superb_lite.metrics import higher_is_better
from superb_lite.results.comparison import Difference
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.entry import Entry, Measured, Tier
from superb_lite_leaderboard.names import public_name
from superb_lite_leaderboard.views.examples import Differing
from superb_lite_leaderboard.views.marks import marks_of


@dataclass(frozen=True)
class Side:
    """One of the two results on a task. Scores are in percent."""

    encoder: str
    """Without paths."""
    score: float
    lo: float
    hi: float
    """The ends of the 95% interval."""
    tier: Tier
    marks: str
    """As `Cell.marks`."""


@dataclass(frozen=True)
class Compared:
    """A task that both entries were measured on. Differences are A - B in points of percent."""

    key: str
    """`Column.key`."""
    task: str
    protocol: str
    modality: str
    language: str
    description: str
    a: Side
    b: Side
    difference: float
    lo: float
    hi: float
    """The ends of the 95% interval of the paired difference, not adjusted."""
    p: float
    """Two-sided, Holm-adjusted over all rows of the comparison."""
    detectable: float
    """The smallest true difference that this row alone shows with 80% power."""
    verdict: str
    """"A better", "B better" or "undecided"."""
    a_leads: bool
    """Whether the estimate is for A; of an error rate the smaller one is."""
    examples: Differing | None
    """None where they were not asked for."""


@dataclass(frozen=True)
class MeanDifference:
    """The normalised mean of a modality's tasks: A - B, 0 to 100 from floor to ceiling."""

    modality: str
    difference: float
    lo: float
    hi: float
    p: float
    detectable: float
    verdict: str


@dataclass(frozen=True)
class Who:
    """One of the two entries."""

    ref: str
    tier: Tier
    own_code: bool
    submitted: str
    encoders: Mapping[str, str]
    """By modality, without paths."""


def who(entry: Entry) -> Who:
    """One side of a comparison."""
    encoders = {modality: public_name(reference) for modality, reference in entry.encoders.items()}
    return Who(entry.ref, entry.tier, entry.own_code, entry.submitted, encoders)


def _side(measured: Measured) -> Side:
    lo, hi = measured.ci
    return Side(
        encoder=public_name(measured.encoder),
        score=100 * measured.score,
        lo=100 * lo,
        hi=100 * hi,
        tier=measured.tier,
        marks=marks_of([measured]),
    )


def compared_task(
    column: Column, a: Measured, b: Measured, difference: Difference, examples: Differing | None
) -> Compared:
    """A task that two entries share. examples: where they differ, if they were asked for."""
    lo, hi = difference.ci
    return Compared(
        key=column.key,
        task=column.task.name,
        protocol=column.protocol,
        modality=column.task.modality,
        language=column.task.language,
        description=column.task.description,
        a=_side(a),
        b=_side(b),
        difference=100 * difference.difference,
        lo=100 * lo,
        hi=100 * hi,
        p=difference.p,
        detectable=100 * difference.detectable,
        verdict=difference.verdict,
        a_leads=(difference.difference > 0) == higher_is_better(column.task.metrics),
        examples=examples,
    )


def mean_difference(found: Difference) -> MeanDifference:
    """The difference of the means of a modality."""
    return MeanDifference(found.modality, found.difference, *found.ci, found.p, found.detectable, found.verdict)
