"""Words by what they are: their nearest neighbours layer by layer, against the taxonomy that they come from."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from superb_lite.analysis.claim import Claim
from superb_lite.analysis.context.measure import Measured
from superb_lite.analysis.context.neighbours import category_test, chance, shared
from superb_lite.analysis.context.pictures import line_of
from superb_lite.analysis.estimate import Estimate, across_samples
from superb_lite.analysis.findings import Picture, Table
from superb_lite.metrics.statistics import Sample
from superb_lite.tasks.occurrences import Occurrence

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclasses.dataclass(frozen=True)
class KindsFindings:
    """What is shown of the neighbours."""

    tables: tuple[Table, ...]
    picture: Picture
    claim: Claim


def kinds_findings(things: Sequence[Occurrence], seeds: Sequence[Measured]) -> KindsFindings:
    """things: occurrences of words of one category each, as `measure` was given them."""
    kind_of = {each.word: each.sense for each in things}
    words, kinds = list(kind_of), list(kind_of.values())
    by_chance = chance(kinds)
    shares = [_share(layer, words, kinds, seeds) for layer in range(seeds[0].depth)]
    p = [
        category_test([measured.neighbours[layer][:, :1] for measured in seeds], kinds)
        for layer in range(seeds[0].depth)
    ]
    rows = [(layer, *share.cells, by_chance, p[layer]) for layer, share in enumerate(shares)]
    layers = Table(
        name="neighbours",
        title=f"Is the nearest of {len(words)} things of the same kind?",
        columns=("layer", "same", "same_low", "same_high", "chance", "p"),
        rows=tuple(rows),
        note="same: share of things whose nearest neighbour is of their category; 95% intervals over things and "
        "pretraining seeds; p: permutation test, 999 permutations. The mean of all things is taken away first.",
    )

    def draw() -> Figure:
        from superb_lite.charts.layer_lines import Level, layer_lines

        line = line_of("nearest neighbour is of the same kind", shares, 100)
        return layer_lines([("same kind, %", [line], [Level("chance", 100 * by_chance, -1)])])

    picture = Picture(
        name="neighbours",
        title="Neighbours over layers",
        caption="How often the nearest neighbour of a thing is of its category, with its 95% interval over things and "
        "pretraining seeds.",
        table="neighbours",
        draw=draw,
    )
    last = shares[-1]
    claim = Claim.judged(
        claim="Things of one kind, as words of similar meaning, lie close",
        source="lecture",
        measured=f"At the last layer the nearest neighbour is of the same kind for {last.shown(100, 0)}% of "
        f"{len(words)} things, by chance for {by_chance:.0%} (p = {p[-1]:.3f}); at layer 0 for {shares[0].value:.0%}.",
        estimate=last,
        above=by_chance,
    )
    return KindsFindings((layers, _examples(words, kinds, seeds[0])), picture, claim)


def _share(layer: int, words: Sequence[str], kinds: Sequence[str], seeds: Sequence[Measured]) -> Estimate:
    samples = []
    for measured in seeds:
        same = shared(measured.neighbours[layer][:, :1], kinds)
        samples.append(Sample(float(same.mean()), same[None], tuple(words)))
    return across_samples(samples)


def _examples(words: Sequence[str], kinds: Sequence[str], measured: Measured) -> Table:
    """The neighbours of the first word of each category, which nobody chose by looking."""
    rows = []
    for kind in dict.fromkeys(kinds):
        number = kinds.index(kind)
        for layer in sorted({0, measured.depth // 2, measured.depth - 1}):
            near = [words[i] for i in measured.neighbours[layer][number]]
            rows.append((words[number], kind, layer, ", ".join(near)))
    return Table(
        name="examples",
        title="The nearest words, nearest first",
        columns=("word", "kind", "layer", "neighbours"),
        rows=tuple(rows),
        note="The first word of each kind, in the first encoder.",
    )
