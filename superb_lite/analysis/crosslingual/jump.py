"""Does a measure jump with the amount of data, or does it grow step by step?

On a log axis of k amounts a measure that grows steadily gains on each step the share of the axis that the step is wide.
A jump is a step that gains more than halfway from there to everything: more than (1 + w) / 2 of the whole gain, where w
is its share of the axis (two thirds, of three equal steps). The gains of all steps and the whole gain come from one
table of pretraining seeds and words, so that each comparison is a contrast with an interval.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from superb_lite.analysis.claim import Verdict
from superb_lite.metrics.statistics import SIGNIFICANCE, Interval, Sample, holm, interval

FEWEST = 4
"""Amounts: fewer have no step that could differ from several others."""


@dataclass(frozen=True)
class Step:
    """From one amount to the next."""

    start: float
    end: float
    gain: Interval
    width: float
    """Its share of the log axis."""
    share: float
    """Of the whole gain; NaN where there is none."""
    beyond: Interval
    """Its gain minus (1 + width) / 2 of the whole gain: above zero for a jump."""
    p_value: float
    """Of `beyond` against zero, adjusted for the number of steps."""


@dataclass(frozen=True)
class Jump:
    """What was found along the axis."""

    steps: tuple[Step, ...]
    gain: Interval
    """From the smallest amount to the largest."""
    curvature: Interval
    """Of a parabola through all amounts: what the slope changes by from one doubling to the next."""
    verdict: Verdict
    """holds: a step is significantly a jump. does not hold: every step is significantly none."""

    @property
    def largest(self) -> Step:
        """The step that gains most for its width."""
        return max(self.steps, key=lambda step: step.beyond.estimate)


def find_jump(amounts: Sequence[float], samples: Sequence[Sample]) -> Jump:
    """amounts: ascending, at least `FEWEST`. samples: of the measure at each of them, over the same words.

    Seeds that not all amounts have are left out. Raises ValueError for fewer amounts, or ones out of order.
    """
    axis = np.log2(np.asarray(amounts, dtype=np.float64))
    if len(amounts) < FEWEST or len(samples) != len(amounts) or not (np.diff(axis) > 0).all():
        raise ValueError(f"a jump is looked for along at least {FEWEST} ascending amounts")
    seeds = min(len(sample.values) for sample in samples)
    rows = [_first(sample, seeds) for sample in samples]
    whole = rows[-1].minus(rows[0])
    widths = np.diff(axis) / (axis[-1] - axis[0])
    gains = [after.minus(before) for before, after in itertools.pairwise(rows)]
    beyond = [interval(gain.plus(whole.scaled(-(1 + width) / 2))) for gain, width in zip(gains, widths, strict=True)]
    p_values = [each.p_value() for each in beyond]
    total = interval(whole)
    steps = tuple(
        Step(
            start=float(start),
            end=float(end),
            gain=interval(gain),
            width=float(width),
            share=gain.estimate / whole.estimate if whole.estimate else float("nan"),
            beyond=past,
            p_value=p,
        )
        for start, end, gain, width, past, p in zip(
            amounts, amounts[1:], gains, widths, beyond, holm(p_values), strict=False
        )
    )
    return Jump(steps, total, _curvature(axis, rows), _verdict(steps, total, p_values))


def _verdict(steps: Sequence[Step], gain: Interval, p_values: Sequence[float]) -> Verdict:
    """p_values: of the steps, not adjusted. Every single step has to be none, which asks for no adjustment."""
    if gain.lo <= 0:
        return "not decided"
    if any(step.beyond.estimate > 0 and step.p_value < SIGNIFICANCE for step in steps):
        return "holds"
    if all(step.beyond.estimate < 0 and p < SIGNIFICANCE for step, p in zip(steps, p_values, strict=True)):
        return "does not hold"
    return "not decided"


def _curvature(axis: np.ndarray, rows: Sequence[Sample]) -> Interval:
    """Twice the leading coefficient of the parabola of least squares, as a sum of samples."""
    weights = 2 * np.linalg.pinv(np.vander(axis - axis.mean(), 3))[0]
    total = rows[0].scaled(float(weights[0]))
    for row, weight in zip(rows[1:], weights[1:], strict=True):
        total = total.plus(row.scaled(float(weight)))
    return interval(total)


def _first(sample: Sample, seeds: int) -> Sample:
    values = sample.values[:seeds]
    return Sample(float(values.mean()), values, sample.clusters, sample.grain)
