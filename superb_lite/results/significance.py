"""Which encoders of a row of results are told apart: paired comparisons with Holm's correction over the row's pairs."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from superb_lite.metrics import higher_is_better
from superb_lite.metrics.statistics import SIGNIFICANCE, holm, interval
from superb_lite.results.result import Result


@dataclass(frozen=True)
class Verdict:
    """What the comparisons say of one encoder."""

    leads: bool
    """No other encoder of the row is significantly better."""
    against_first: int
    """1: significantly better than the first encoder of the row, -1: significantly worse, 0: neither, or the first."""


def verdicts(row: Mapping[str, Result]) -> dict[str, Verdict]:
    """By encoder; empty for a single one, and for results that cannot be paired (other test data)."""
    if len(row) < 2:
        return {}
    names = list(row)
    samples = {name: result.sample() for name, result in row.items()}
    pairs = list(itertools.combinations(names, 2))
    try:
        found = [interval(samples[a].minus(samples[b])) for a, b in pairs]
    except ValueError:
        return {}
    sign = 1 if higher_is_better(tuple(next(iter(row.values())).metrics)) else -1
    adjusted = holm([each.p_value() for each in found])
    beats = {
        ((a, b) if sign * each.estimate > 0 else (b, a))
        for (a, b), each, p in zip(pairs, found, adjusted, strict=True)
        if p < SIGNIFICANCE
    }
    beaten = {loser for _, loser in beats}
    return {
        name: Verdict(name not in beaten, int((name, names[0]) in beats) - int((names[0], name) in beats))
        for name in names
    }
