"""What differences a task can show, from results that were measured on it.

The formula is `superb_lite.metrics.statistics.smallest_difference`.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from superb_lite.errors import SuperbLiteError
from superb_lite.metrics.clusters import independent
from superb_lite.metrics.entry_tables import drawn_pairs
from superb_lite.metrics.noises import SEEDS, Noises
from superb_lite.metrics.statistics import Sample, expected_noise, smallest_difference
from superb_lite.results.result import Result

MOST_CLUSTERS = 10_000_000
"""More test data than that is not looked for."""


def differences(samples: Sequence[Sample]) -> list[Sample]:
    """The paired differences of every two samples of one column; of many, of some pairs (`drawn_pairs`).

    Of a single sample: the difference from one that varies as much and has nothing in common with it. Encoders that are
    paired mostly vary less, so it is an upper bound.
    """
    if len(samples) == 1:
        return [samples[0].scaled(math.sqrt(2.0))]
    return [samples[i].minus(samples[j]) for i, j in zip(*drawn_pairs(len(samples)), strict=True)]


def detectable(samples: Sequence[Sample]) -> float:
    """The smallest difference that `SEEDS` evaluation seeds show with 80% power, on the scale of the samples.

    The median over pairs of the samples (`differences`), which are of one column.
    """
    noises = Noises.of([expected_noise(difference, seeds=SEEDS) for difference in differences(samples)])
    return float(np.median(noises.detectable()))


@dataclass(frozen=True)
class Plan:
    """How many test examples show a difference."""

    seeds: int
    """Evaluation seeds."""
    smallest: float
    """The smallest difference that they show on the test examples that there are; a fraction."""
    examples: int | None
    """Test examples like these that show the difference that was asked for; None: no number of them does."""


def plans(results: Sequence[Result], difference: float, *, seeds: Sequence[int], power: float = 0.8) -> list[Plan]:
    """What other numbers of evaluation seeds and of test examples would show.

    results: of one column (task and protocol); two or more are paired. difference: a fraction of the score.

    Raises `SuperbLiteError` for results that cannot be paired.
    """
    try:
        found = differences([result.sample() for result in results])
    except ValueError:
        names = " and ".join(f"'{result.encoder}'" for result in results[:2])
        raise SuperbLiteError(
            f"'{results[0].task}': {names} were measured on different test data: they cannot be paired"
        ) from None
    n_test, clusters = results[0].n_test, independent(found[0].clusters)

    def smallest(seeds: int, clusters: int | None = None) -> float:
        return statistics.median(smallest_difference(d, seeds=seeds, clusters=clusters, power=power) for d in found)

    made = []
    for number in seeds:
        low, high = 1, 2
        while high < MOST_CLUSTERS and smallest(number, high) > difference:
            low, high = high, 2 * high
        while high - low > max(1, high // 200):
            middle = (low + high) // 2
            low, high = (middle, high) if smallest(number, middle) > difference else (low, middle)
        examples = None if high >= MOST_CLUSTERS else math.ceil(high * n_test / clusters)
        made.append(Plan(number, smallest(number), examples))
    return made
