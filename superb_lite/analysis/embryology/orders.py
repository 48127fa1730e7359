"""Which of two questions is learnt first, and how sure that is."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superb_lite.analysis.embryology.growth import CONFIDENCE, Growth
from superb_lite.analysis.estimate import Estimate
from superb_lite.metrics.statistics import Sample, holm, interval


@dataclass(frozen=True)
class Order:
    """Which of two questions reaches a share of its gain first.

    Attributes:
        later: by how many doublings of the steps the second comes after the first; negative where it comes before.
        p: two-sided, against both at the same step, after Holm's correction where several were compared.
    """

    first: str
    second: str
    later: Estimate
    p: float


def order(a: Sample, b: Sample, *, names: tuple[str, str]) -> Order:
    """Whether b's step is later than a's. a, b: of `Growth.samples`, whose rows are the same pretraining seeds."""
    found = interval(later(a, b), CONFIDENCE)
    estimate = Estimate(found.estimate, found.lo, found.hi, len(a.values))
    return Order(*names, estimate, found.p_value())


def later(a: Sample, b: Sample) -> Sample:
    """b minus a, row by row: a row is the same run in both, on whatever examples it was asked.

    The columns are the clusters of either. Each holds the difference of its row, and how far a and b are from their
    means there, so that the noise of examples that both have counts together, and that of others adds up.
    """
    column = {cluster: number for number, cluster in enumerate(dict.fromkeys((*a.clusters, *b.clusters)))}
    values: NDArray[np.float64] = np.repeat(b.values.mean(axis=1) - a.values.mean(axis=1), len(column))
    values = values.reshape(-1, len(column))
    for sample, sign in ((a, -1.0), (b, 1.0)):
        places = [column[cluster] for cluster in sample.clusters]
        away = sample.values - sample.values.mean(axis=1, keepdims=True)
        values[:, places] += sign * len(column) / len(places) * away
    return Sample(b.estimate - a.estimate, values, tuple(column))


def orders(grown: Mapping[str, Growth], share: float) -> list[Order]:
    """All pairs of questions whose steps are known, the earlier one first, with Holm's correction over all of them."""
    known = {name: each.samples[share] for name, each in grown.items() if each.known(share)}
    ranked = sorted(known, key=lambda name: known[name].estimate)  # type: ignore[union-attr]
    found = [
        order(known[a], known[b], names=(a, b))  # type: ignore[arg-type]
        for a, b in itertools.combinations(ranked, 2)
    ]
    adjusted = holm([each.p for each in found])
    return [Order(each.first, each.second, each.later, p) for each, p in zip(found, adjusted, strict=True)]


def by_source(grown: Mapping[str, Growth], sources: Mapping[str, str]) -> dict[str, dict[str, Growth]]:
    """The questions that can be told apart by what they ask alone: words of each source by themselves, since sources
    differ in language and kind of text, too; and tasks, last, whose source is "". Sums over parts of speech are left
    out.

    sources: of every question."""
    found: dict[str, dict[str, Growth]] = {}
    for name, each in grown.items():
        source = sources[name]
        if not source or not name.startswith(f"{source}:all "):
            found.setdefault(source, {})[name] = each
    return {source: found[source] for source in sorted(found, key=lambda source: not source)}
