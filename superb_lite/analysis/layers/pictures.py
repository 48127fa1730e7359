"""The pictures of the section on layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from superb_lite.analysis.estimate import across_samples
from superb_lite.analysis.layers.measure import Probed
from superb_lite.analysis.layers.on_task import OnTask, sample_at, short
from superb_lite.charts.bands import BandLine, BandPanel, BandPoint, band_chart
from superb_lite.charts.heatmaps import HeatMap, heat_maps

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_scores(found: Sequence[OnTask]) -> Figure:
    """A panel for each task."""
    panels = []
    for each in found:
        lines = [_line("pretrained", each.trained, each.depth, 0, dashed=False)]
        if each.twins:
            lines.append(_line("random twin", each.twins, each.depth, 1, dashed=True))
        panels.append(BandPanel(short(each.task), tuple(lines)))
    return band_chart("Score of each layer", panels, x="layer", y="score, %", scale="even")


def draw_weights(found: Sequence[OnTask]) -> Figure:
    """A row for each task, the random twins beside."""
    known = [each for each in found if each.trained[0].weights]
    deepest = max(each.depth for each in known)

    def shares(probes: Sequence[Probed]) -> np.ndarray:
        rows = np.array([probed.weights for probed in probes if probed.weights]).mean(axis=0)
        return np.pad(rows, (0, deepest - len(rows)), constant_values=np.nan)

    maps = [HeatMap("pretrained", np.array([shares(each.trained) for each in known]))]
    if all(each.twins for each in known):
        maps.append(HeatMap("random twin", np.array([shares(each.twins) for each in known])))
    layers = [str(layer) for layer in range(deepest)]
    return heat_maps("Share of each layer", maps, rows=[short(each.task) for each in known], columns=layers, x="layer")


def _line(name: str, probes: Sequence[Probed], depth: int, group: int, *, dashed: bool) -> BandLine:
    estimates = [across_samples([sample_at(probed, layer) for probed in probes]) for layer in range(depth)]
    points = [
        BandPoint(
            layer, 100 * e.value, None if e.low is None else 100 * e.low, None if e.high is None else 100 * e.high
        )
        for layer, e in enumerate(estimates)
    ]
    return BandLine(name, tuple(points), group=group, dashed=dashed)
