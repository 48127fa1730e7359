"""Estimates out of what was measured of each encoder: ranks of translations, and what tells languages apart.

The layer that claims are about is chosen on every other word, beginning with the first; what is claimed is about the
rest. Tables and pictures show all layers, over all words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from superb_lite.analysis.crosslingual.alignment import chance
from superb_lite.analysis.crosslingual.groups import Group
from superb_lite.analysis.crosslingual.measure import Json
from superb_lite.analysis.estimate import Estimate, of_sample, stacked
from superb_lite.analysis.transfer.samples import mean_over_tasks
from superb_lite.metrics.statistics import Sample, holm, interval

CHOOSE, REPORT, ALL = slice(0, None, 2), slice(1, None, 2), slice(None)
"""Which words are looked at."""

KINDS = ("raw", "centred")
"""Vectors as they are, and without the mean of their language."""


def share(sample: Sample) -> Estimate:
    """A share, or a mean reciprocal rank, with an interval that does not leave 0 to 1."""
    return of_sample(sample).within(0.0, 1.0)


def pairs_of(alignment: Mapping[str, Json]) -> list[str]:
    """The pairs of languages, "a b" each."""
    return list(next(iter(alignment.values()))["pairs"])


def depth_of(alignment: Mapping[str, Json]) -> int:
    """How many layers every encoder has that was measured."""
    return min(len(each["pairs"][pairs_of(alignment)[0]]["raw"]) for each in alignment.values())


def ranks(alignment: Mapping[str, Json], group: Group, pair: str, kind: str, layer: int, words: slice = ALL) -> Sample:
    """The mean reciprocal rank of a pair of languages: a row for each encoder of the group, a column for each word, by
    its name in the first of all languages, so that a word that several pairs ask for is one observation."""
    samples = []
    for name in group.encoders:
        found = alignment[name]["pairs"][pair]
        values = np.array([found[kind][layer][words]])
        samples.append(Sample(float(values.mean()), values, tuple(found["concepts"][words])))
    return stacked(samples)


def mean_ranks(
    alignment: Mapping[str, Json],
    group: Group,
    kind: str,
    layer: int,
    words: slice = ALL,
    pairs: Sequence[str] | None = None,
) -> Sample:
    """The mean over pairs of languages, all of them by default; see `ranks` for what is one observation."""
    chosen = pairs_of(alignment) if pairs is None else pairs
    return mean_over_tasks([ranks(alignment, group, pair, kind, layer, words) for pair in chosen])


def gaining(alignment: Mapping[str, Json], group: Group, untrained: Group, layer: int) -> tuple[list[str], list[str]]:
    """The pairs of languages whose translations rank higher than in untrained twins (p < 0.05, adjusted by Holm for all
    pairs), and the others; "a-b" each."""
    pairs = pairs_of(alignment)
    gains = [
        interval(
            ranks(alignment, group, pair, "centred", layer, REPORT).minus(
                ranks(alignment, untrained, pair, "centred", layer, REPORT)
            )
        )
        for pair in pairs
    ]
    surely: list[str] = []
    others: list[str] = []
    for pair, gain, p in zip(pairs, gains, holm([gain.p_value() for gain in gains]), strict=True):
        (surely if gain.estimate > 0 and p < 0.05 else others).append(pair.replace(" ", "-"))
    return surely, others


def by_chance(alignment: Mapping[str, Json], pairs: Sequence[str] | None = None) -> float:
    """The mean reciprocal rank of words in random order, averaged over pairs."""
    first = next(iter(alignment.values()))["pairs"]
    return float(np.mean([chance(len(first[pair]["words"])) for pair in pairs or first]))


def best_layer(alignment: Mapping[str, Json], group: Group) -> int:
    """Where translations rank highest without the means, on the words that nothing is reported of."""
    layers = range(depth_of(alignment))
    return max(layers, key=lambda layer: mean_ranks(alignment, group, "centred", layer, CHOOSE).estimate)


def told_apart(alignment: Mapping[str, Json], group: Group, probe: str, when: str, layer: int) -> Sample | None:
    """The share of words whose language a probe tells, "before" or "after" the means are taken away; None where too
    few words are known in all languages."""
    samples = []
    for name in group.encoders:
        found = alignment[name]["identity"]
        if not found:
            return None
        values = np.array([found[probe][when][layer]])
        samples.append(Sample(float(values.mean()), values, tuple(found["words"])))
    return stacked(samples)


def answers(measured: Mapping[str, Json], setting: str, what: str, which: slice = REPORT) -> Sample:
    """What became of the masked words of a pair at a setting: a row for each encoder, a column for each question, by
    its text."""
    samples = []
    for each in measured.values():
        values = np.array([each[setting][what][which]] if setting else [each[what][which]])
        samples.append(Sample(float(values.mean()), values, tuple(each["asked"][which])))
    return stacked(samples)


def over_pairs(samples: Mapping[tuple[str, str], Sample]) -> Sample:
    """The mean over pairs of languages; a sentence that several pairs ask about is one observation."""
    return mean_over_tasks(list(samples.values()))
