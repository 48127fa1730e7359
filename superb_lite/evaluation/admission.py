"""Admission: does a task earn its place? What is asked of it, and the verdict.

- *Length.* The ceiling is at least `STANDARD_ERRORS` standard errors of their difference better than the floor.
- *Order.* Encoders of known worth stand in the right order: untrained encoders are not clearly worse than the best
  constant answer, the ceiling is better than untrained encoders, and pairs that are named (the first the worse one)
  are told apart the right way round, each by the 95% interval of their paired difference.
- *Power.* The smallest difference of two encoders that five evaluation seeds show with 80% power
  (`superb_lite.metrics.statistics.smallest_difference`; the median over pairs of marks) is at most a tenth of ceiling
  minus floor; on a board that ranks, a fifteenth.
- *Simple baselines.* The best of them is below half of the way from floor to ceiling.

All differences are on the normalised scale, whose ends are taken as exact.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from superb_lite.evaluation.marks import Marks
from superb_lite.evaluation.samples import Samples, on_scale
from superb_lite.metrics import metric
from superb_lite.metrics.statistics import Interval, Sample, interval, smallest_difference
from superb_lite.results.scale import Scale

STANDARD_ERRORS = 5.0
"""How much better a ceiling must be than its floor."""

LIMIT, CORE_LIMIT = 100 / 10, 100 / 15
"""The largest difference that a task may need between two encoders to tell them apart; that on a board that ranks."""

HALF = 50.0
"""The best simple baseline is below this."""

UNTRAINED, FLOOR, CEILING = "untrained", "floor", "ceiling"


@dataclass(frozen=True)
class Pair:
    """Two encoders of known worth."""

    worse: str
    better: str
    difference: float
    """Better minus worse, normalised points."""
    ci: tuple[float, float]
    """The 95% interval of `difference`."""
    holds: bool
    """Whether they stand in the right order."""


@dataclass(frozen=True)
class Admission:
    """What was found about a task under a protocol; normalised points from floor to ceiling."""

    smallest_difference: float
    """infinity where the marks do not differ in anything."""
    best_baseline: str
    way: float
    """Where the best simple baseline stands."""
    order: tuple[Pair, ...]
    faults: tuple[str, ...]
    """Why the task is refused; none where it is admitted."""

    long_enough: bool = True
    """Whether there are normalised scores."""

    @property
    def verdict(self) -> str:
        """In one line."""
        if self.faults:
            return f"refused: {'; '.join(self.faults)}"
        return "admitted" if self.smallest_difference > CORE_LIMIT else "admitted, core"

    def to_dict(self) -> dict[str, Any]:
        """As a calibration file keeps it."""
        smallest = None if math.isinf(self.smallest_difference) else round(self.smallest_difference, 2)
        return {
            "smallest_difference": smallest,
            "best_baseline": {
                "reference": self.best_baseline,
                "way": None if math.isnan(self.way) else round(self.way, 2),
            },
            "order": [
                {
                    "worse": pair.worse,
                    "better": pair.better,
                    "difference": round(pair.difference, 2),
                    "ci": [round(end, 2) for end in pair.ci],
                    "holds": pair.holds,
                }
                for pair in self.order
            ],
            "verdict": self.verdict,
        }


def assess(floor: Samples, ceiling: Samples, marks: Marks, pairs: Sequence[tuple[str, str]] = ()) -> Admission:
    """What the admission of a task rests on.

    pairs: (worse, better) of `UNTRAINED` and the names in `marks.baselines` and `marks.references`.
    """
    if short := [fault for name in floor if (fault := too_short(name, floor[name], ceiling[name]))]:
        return Admission(math.inf, "", math.nan, (), tuple(short), long_enough=False)
    scale = Scale(
        floor={name: sample.estimate for name, sample in floor.items()},
        ceiling={name: sample.estimate for name, sample in ceiling.items()},
    )
    smallest = typical_smallest_difference([on_scale(samples, scale) for samples in marks.several_seeds()])
    ways = {reference: on_scale(samples, scale).estimate for reference, samples in marks.baselines.items()}
    best = max(ways, key=ways.__getitem__)
    order = tuple(_order(floor, ceiling, marks, scale, pairs))
    faults = [f"{pair.worse} and {pair.better} stand in the wrong order" for pair in order if not pair.holds]
    if math.isinf(smallest):
        faults.append("no two marks differ, so nobody knows what it can tell")
    elif smallest > LIMIT:
        faults.append(f"the smallest difference that it shows is {smallest:.1f}, above {LIMIT:.0f}")
    if ways[best] >= HALF:
        faults.append(f"{best} is {ways[best]:.0f}% of the way")
    return Admission(smallest, best, ways[best], order, tuple(faults))


def too_short(name: str, floor: Sample, ceiling: Sample) -> str:
    """What is wrong with a scale that is short of `STANDARD_ERRORS`; empty where nothing is."""
    apart = separation(floor, ceiling)
    error = math.sqrt(apart.variance)
    better = apart.estimate if metric(name).higher_is_better else -apart.estimate
    if better > 0 and better >= STANDARD_ERRORS * error:
        return ""
    return (
        f"the ceiling of {name} ({100 * ceiling.estimate:.1f}) is {100 * apart.estimate:+.1f} ± {100 * error:.1f} "
        f"(standard error) from the floor ({100 * floor.estimate:.1f}): less than {STANDARD_ERRORS:.0f} standard errors"
    )


def separation(lower: Sample, upper: Sample) -> Interval:
    """The interval of upper - lower on the same test clusters; each row of the one with the mean row of the other.

    What of the noise the two share drops out. With one row in `upper` that of another training of it is not seen.
    """
    mean = upper.values.mean(axis=0, keepdims=True)
    rows = np.broadcast_to(mean, (len(lower.values), mean.shape[1]))
    return interval(Sample(upper.estimate, rows, upper.clusters).minus(lower))


def typical_smallest_difference(samples: Sequence[Sample]) -> float:
    """The median over pairs, without those that never differ; infinity where none does."""
    found = [smallest_difference(a.minus(b)) for a, b in combinations(samples, 2)]
    return float(np.median([value for value in found if value > 0] or [math.inf]))


def _order(
    floor: Samples, ceiling: Samples, marks: Marks, scale: Scale, pairs: Sequence[tuple[str, str]]
) -> Iterator[Pair]:
    untrained, top = on_scale(marks.untrained, scale), on_scale(ceiling, scale)
    constant = on_scale(floor, scale)
    rows = np.broadcast_to(constant.values, untrained.values.shape)
    above = interval(untrained.minus(Sample(constant.estimate, rows, constant.clusters)))
    yield Pair(FLOOR, UNTRAINED, above.estimate, (above.lo, above.hi), holds=above.hi >= -LIMIT)
    below = separation(untrained, top)
    yield Pair(UNTRAINED, CEILING, below.estimate, (below.lo, below.hi), holds=below.lo > 0)
    named = {UNTRAINED: marks.twin, **marks.baselines, **marks.references}
    for worse, better in pairs:
        gain = interval(on_scale(named[better], scale).minus(on_scale(named[worse], scale)))
        yield Pair(worse, better, gain.estimate, (gain.lo, gain.hi), holds=gain.lo > 0)
