"""The pictures of `superb-lite analyze context`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from superb_lite.analysis.context.measure import Measured
from superb_lite.analysis.context.scores import COMPANY, TWIN, PlaceScores
from superb_lite.analysis.context.words import Word, for_map
from superb_lite.analysis.estimate import Estimate
from superb_lite.analysis.findings import Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from superb_lite.charts.layer_lines import Line

PANELS = 6
"""Layers in the picture of a word: the first, the last, and some between them."""


def shown_layers(depth: int) -> list[int]:
    """At most `PANELS` layers, the first and the last among them."""
    return sorted({round(at) for at in np.linspace(0, depth - 1, min(PANELS, depth))})


def map_picture(word: Word, seeds: Sequence[Measured], table: str) -> Picture:
    """The 10 x 10 cosines of a word, layer by layer."""
    chosen = list(for_map(word))

    def draw() -> Figure:
        from superb_lite.charts.cosines import cosine_maps

        maps = []
        for layer in shown_layers(seeds[0].depth):
            matrix = np.mean([measured.cosines[word.key][layer] for measured in seeds], axis=0)
            maps.append((f"layer {layer}", matrix[np.ix_(chosen, chosen)]))
        found = [word.occurrences[i] for i in chosen]
        return cosine_maps(maps, [each.label for each in found], [each.sense for each in found])

    senses = list(dict.fromkeys(word.occurrences[i].sense for i in chosen))
    first = sum(word.occurrences[i].sense == senses[0] for i in chosen)
    return Picture(
        name=table,
        title=f"'{word.name}' in {len(chosen)} items",
        caption=f"Cosine of '{word.name}' in each pair of items, light is near: 1 to {first} mean '{senses[0]}', the "
        f"others '{senses[1]}'. Two light squares along the diagonal say that the two meanings are told apart.",
        table=table,
        draw=draw,
    )


def layers_picture(scores: Sequence[PlaceScores]) -> Picture:
    """The gap and the share of right nearest senses over layers."""

    def draw() -> Figure:
        from superb_lite.charts.layer_lines import Level, layer_lines

        sources = list(dict.fromkeys(each.source for each in scores))
        gaps, rights, twins, levels = [], [], [], []
        for number, source in enumerate(sources):
            mine = [each for each in scores if each.source == source]
            layers = [each for each in mine if each.place.startswith("layer ")]
            gaps.append(line_of(source, [each.gap for each in layers]))
            rights.append(line_of(source, [each.right for each in layers], 100))
            company = [each.right.value for each in mine if each.place == COMPANY]
            levels += [Level(f"{source}: company", 100 * value, number) for value in company]
            untrained = [each.gap.value for each in mine if each.place == TWIN]
            twins += [Level(f"{source}: random twins", value, number) for value in untrained]
        return layer_lines(
            [
                ("gap in cosine", gaps, [*twins, Level("no difference, chance", 0.0, -1)]),
                ("nearest sense is right, %", rights, [*levels, Level("no difference, chance", 50.0, -1)]),
            ]
        )

    return Picture(
        name="layers",
        title="Senses over layers",
        caption="Left: how much nearer two occurrences of one sense are than of two senses; dotted in colour: at the "
        "last layer of the random twins, by which the claim is judged. Right: how often an "
        "occurrence lies nearest to its own sense; dotted in colour: the mean vector of the words around it does that. "
        "Bands are 95% intervals over words and pretraining seeds.",
        table="layers",
        draw=draw,
    )


def line_of(name: str, estimates: Sequence[Estimate], scale: float = 1.0) -> Line:
    """One estimate for each layer as a line with its band."""
    from superb_lite.charts.layer_lines import Line

    return Line(
        name,
        tuple(range(len(estimates))),
        tuple(scale * each.value for each in estimates),
        tuple(None if each.low is None else scale * each.low for each in estimates),
        tuple(None if each.high is None else scale * each.high for each in estimates),
    )
