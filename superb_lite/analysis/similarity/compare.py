"""Groups of encoders, a group being the pretraining seeds of one thing, compared layer by layer on the same items."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superb_lite.analysis.estimate import Estimate, permutation_test
from superb_lite.analysis.pretraining_seeds import groups_of_seeds
from superb_lite.analysis.similarity.measures import reordered, similarity, tables_of
from superb_lite.encoders.encoder import Encoder
from superb_lite.metrics.clusters import independent
from superb_lite.metrics.statistics import Sample, interval
from superb_lite.tasks.labels import MEMBERS

Array = NDArray[np.float64]
Vectors = list[Array]
"""By layer the (n, D) vectors of n items."""


def groups_of(encoders: Mapping[str, Encoder]) -> dict[str, list[str]]:
    """The names of encoders that differ in their pretraining seed alone, by what they are: their objective, or their
    own name where that is not known. Raises `SuperbLiteError` where two of them have one seed."""
    groups = groups_of_seeds(encoders)
    kinds = [str((encoders[first].pretraining or {}).get("objective", "")) or first for first, *_ in groups]
    return {
        f"{kind} ({names[0]})" if kinds.count(kind) > 1 else kind: list(names)
        for kind, names in zip(kinds, groups, strict=True)
    }


@dataclass(frozen=True)
class Compared:
    """Two groups, or one with itself: between its seeds."""

    a: str
    b: str
    measure: str
    values: Array
    """(P, L, M): the similarities of all layers, for each of P pairs of encoders."""
    twins: Array | None
    """The same of their random twins; None where there are none."""
    clusters: tuple[str, ...]
    """Of the P pairs, each made of its two encoders."""
    p_value: float
    """How often the last layers of items that are dealt out anew are as alike."""

    @property
    def mean(self) -> Array:
        """(L, M) over pairs."""
        found: Array = self.values.mean(axis=0)
        return found

    @property
    def last(self) -> tuple[int, int]:
        """The last layers: chosen before anything was measured, so that claims are about them."""
        return self.values.shape[1] - 1, self.values.shape[2] - 1

    @property
    def best(self) -> tuple[int, int]:
        """The layers that are most alike in the mean over pairs."""
        return _best(self.mean)

    def at(self, layers: tuple[int, int]) -> Estimate:
        """The similarity of two layers."""
        return _over_pairs(self.values[(slice(None), *layers)], self.clusters)

    def twins_at(self, layers: tuple[int, int]) -> Estimate | None:
        """That of the random twins."""
        return None if self.twins is None else _over_pairs(self.twins[(slice(None), *layers)], self.clusters)

    def gain(self) -> Estimate | None:
        """By how much the last layers are more alike than those of the twins, pair by pair."""
        if self.twins is None:
            return None
        return _over_pairs((self.values - self.twins)[(slice(None), *self.last)], self.clusters)


@dataclass(frozen=True)
class Seen:
    """What an encoder makes of the items."""

    name: str
    seed: int | None
    """Of its pretraining; None where it is not known."""
    own: Vectors
    twin: Vectors | None
    """What its random twin makes of them; None where there is none."""


def compare(groups: Mapping[str, Sequence[Seen]], measure: str, *, permutations: int = 199) -> list[Compared]:
    """Every two groups, and every group of several encoders with itself.

    Encoders of one pretraining seed begin with the same random numbers, so that pairs of one seed are left out, and
    groups that have no others.

    groups: the items are the same ones, or belong together, in all.
    """
    known = {label: [_Measured.of(seen, measure) for seen in group] for label, group in groups.items()}
    found = []
    for a, b in itertools.combinations_with_replacement(known, 2):
        every = itertools.combinations(known[a], 2) if a == b else itertools.product(known[a], known[b])
        pairs = [(x, y) for x, y in every if x.seed is None or x.seed != y.seed]
        if not pairs:
            continue
        values = np.array([similarity(x.own, y.own) for x, y in pairs])
        twins = [similarity(x.twin, y.twin) for x, y in pairs if x.twin is not None and y.twin is not None]
        clusters = tuple(MEMBERS.join(sorted((x.name, y.name))) for x, y in pairs)
        p = _p_value([(x.own, y.own) for x, y in pairs], permutations)
        whole = np.array(twins) if len(twins) == len(pairs) else None
        found.append(Compared(a, b, measure, values, whole, clusters, p))
    return found


@dataclass(frozen=True)
class _Measured:
    name: str
    seed: int | None
    own: Array
    twin: Array | None

    @classmethod
    def of(cls, seen: Seen, measure: str) -> _Measured:
        """The (L, n, n) tables of what was seen."""
        twin = None if seen.twin is None else tables_of(seen.twin, measure)
        return cls(seen.name, seen.seed, tables_of(seen.own, measure), twin)


def _p_value(pairs: Sequence[tuple[Array, Array]], permutations: int) -> float:
    """Of the similarity of the last layers, a mean over pairs, when the items of one side are dealt out anew."""

    def of_last(order: NDArray[np.int64]) -> float:
        dealt: dict[int, Array] = {}
        for first, _ in pairs:
            if id(first) not in dealt:
                dealt[id(first)] = reordered(first[-1:], order)
        return float(np.mean([similarity(dealt[id(first)], second[-1:]) for first, second in pairs]))

    return permutation_test(of_last, pairs[0][0].shape[1], permutations=permutations)


def _best(table: Array) -> tuple[int, int]:
    row, column = np.unravel_index(int(table.argmax()), table.shape)
    return int(row), int(column)


def _over_pairs(values: Array, clusters: tuple[str, ...]) -> Estimate:
    """The mean over pairs; pairs that share an encoder depend on each other (`superb_lite.metrics.clusters`)."""
    mean, count = float(values.mean()), len({name for pair in clusters for name in pair.split(MEMBERS)})
    if len(values) < 2 or independent(clusters) < 2:
        return Estimate(mean, None, None, 1)
    found = interval(Sample(mean, values[None], clusters))
    return Estimate(mean, found.lo, found.hi, count)
