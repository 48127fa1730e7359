"""Scores of words over several pretraining seeds: the gap between senses, the nearest sense, and how sure they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from superb_lite.analysis.context.measure import Measured
from superb_lite.analysis.context.senses import Array, nearest_sense, sense_means, sense_test
from superb_lite.analysis.context.words import Word
from superb_lite.analysis.estimate import Estimate, across_samples, across_seeds
from superb_lite.metrics.statistics import SIGNIFICANCE, Sample

COMPANY = "company"
"""The control that knows the words around, but not their order nor which of them is asked about."""

TWIN = "random twin"
"""The control that was never trained: the last layer of the encoders of the same seeds before pretraining."""

LAYER = "layer {}"

Matrix = Callable[[Measured, Word], Array]
"""The cosines that are looked at: those of a layer, or of a control."""


@dataclass(frozen=True)
class WordScores:
    """One word at one place (a layer, or a control)."""

    word: Word
    within: Estimate
    between: Estimate
    gap: Estimate
    """Over pretraining seeds."""
    right: Estimate
    """The share of occurrences whose nearest sense is the right one."""
    p: float | None
    """Of the gap, averaged over the seeds; None where it was not tested."""


@dataclass(frozen=True)
class PlaceScores:
    """All words of a source at one place."""

    source: str
    place: str
    words: tuple[WordScores, ...]
    within: Estimate
    between: Estimate
    gap: Estimate
    right: Estimate
    """Over words and pretraining seeds."""
    gaps: Array
    shares: Array
    """(seeds, words): what `gap` and `right` are the means of."""

    @property
    def significant(self) -> int:
        """Words whose gap has a p-value below 0.05."""
        return sum(each.p is not None and each.p < SIGNIFICANCE for each in self.words)

    def gap_beyond(self, other: PlaceScores) -> Estimate:
        """How much larger the gap is here than at another place, word by word and seed by seed."""
        return _over_words(self.gaps - other.gaps, [each.word for each in self.words])

    def right_beyond(self, other: PlaceScores) -> Estimate:
        """How much more often the nearest sense is right here than at another place, word by word and seed by seed."""
        return _over_words(self.shares - other.shares, [each.word for each in self.words])


def place_scores(
    place: str, words: Sequence[Word], seeds: Sequence[Measured], matrix: Matrix, *, permutations: int = 999
) -> PlaceScores:
    """The words of one source. permutations: of the test of each word; 0 leaves it out."""
    found, tables = [], np.empty((4, len(seeds), len(words)))
    for column, word in enumerate(words):
        senses, groups = word.senses, [each.group for each in word.occurrences]
        matrices = [matrix(measured, word) for measured in seeds]
        means = [sense_means(each, senses, groups) for each in matrices]
        right = [float(np.nanmean(nearest_sense(each, senses, groups))) for each in matrices]
        tables[:, :, column] = [
            [each.within for each in means],
            [each.between for each in means],
            [each.gap for each in means],
            right,
        ]
        p = sense_test(np.mean(matrices, axis=0), senses, groups, permutations=permutations) if permutations else None
        within, between, gap, share = (across_seeds(row.tolist()) for row in tables[:, :, column])
        found.append(WordScores(word, within, between, gap, _share(share), p))
    within, between, gap, share = (_over_words(table, words) for table in tables)
    return PlaceScores(words[0].source, place, tuple(found), within, between, gap, _share(share), *tables[2:])


def _share(estimate: Estimate) -> Estimate:
    """The estimate of a share, whose interval ends at 0 and at 1."""
    if estimate.low is None or estimate.high is None:
        return estimate
    return Estimate(estimate.value, max(estimate.low, 0.0), min(estimate.high, 1.0), estimate.n)


def _over_words(table: Array, words: Sequence[Word]) -> Estimate:
    """The mean of a (seeds, words) table, both taken as random; one word: over seeds alone."""
    if len(words) == 1:
        return across_seeds(table[:, 0].tolist())
    names = tuple(word.name for word in words)
    return across_samples([Sample(float(row.mean()), row[None], names) for row in table])


def all_scores(
    words: Sequence[Word],
    seeds: Sequence[Measured],
    static: Mapping[str, Sequence[Measured]],
    twins: Sequence[Measured] = (),
) -> list[PlaceScores]:
    """Source by source: the controls, and every layer; only the last layer is tested word by word.

    static: further controls by name, of which the first layer is looked at. twins: of the same seeds, or none.
    """
    found = []
    for source in dict.fromkeys(word.source for word in words):
        mine = [word for word in words if word.source == source]
        for name, measured in static.items():
            found.append(place_scores(name, mine, measured, at_layer(0), permutations=0))
        found.append(place_scores(COMPANY, mine, seeds, lambda m, word: m.company[word.key], permutations=0))
        last = seeds[0].depth - 1
        if twins:
            found.append(place_scores(TWIN, mine, twins, at_layer(last), permutations=0))
        for layer in range(seeds[0].depth):
            permutations = 999 if layer == last else 0
            found.append(place_scores(LAYER.format(layer), mine, seeds, at_layer(layer), permutations=permutations))
    return found


def at_layer(number: int) -> Matrix:
    """The cosines of a layer."""
    return lambda measured, word: measured.cosines[word.key][number]
