"""The pictures of embryology, out of its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from superb_lite.analysis.embryology.growth import Growth, of_last
from superb_lite.charts.growth import GrowthPanel, StepRow, growth_chart, step_chart
from superb_lite.metrics.statistics import Sample

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_LINES = 7
"""In one panel: as many as there are colours."""


def curves_picture(
    steps: Sequence[int],
    kinds: Mapping[str, str],
    curves: Mapping[str, Sequence[Sequence[Sample]]],
    known: Sequence[str],
) -> Figure:
    """A panel for each kind of questions; a kind of many questions has several."""
    panels = []
    for kind in dict.fromkeys(kinds[name] for name in known):
        names = [name for name in known if kinds[name] == kind]
        for start in range(0, len(names), MOST_LINES):
            part = names[start : start + MOST_LINES]
            lines = {_short(name): [of_last(curves[name], k).cells for k in range(len(steps))] for name in part}
            panels.append(
                GrowthPanel(kind if len(names) <= MOST_LINES else f"{kind} ({start // MOST_LINES + 1})", lines)
            )
    return growth_chart("Growth while pretraining", steps, panels, unit="score / last score")


def steps_picture(kinds: Mapping[str, str], grown: Mapping[str, Growth], shares: Sequence[float]) -> Figure:
    """A row for each question whose steps are known, kind by kind, the earliest on top."""
    known = [name for name, each in grown.items() if any(each.reached[share] is not None for share in shares)]
    ranks = {name: next(s.estimate for s in grown[name].samples.values() if s is not None) for name in known}
    order = list(dict.fromkeys(kinds[name] for name in grown))
    known.sort(key=lambda name: (order.index(kinds[name]), ranks[name]))
    rows = []
    for name in known:
        ends = []
        for share in shares:
            found = grown[name].reached[share]
            ends.append(None if found is None else found.cells)
        rows.append(StepRow(name, order.index(kinds[name]), ends))
    last = next(iter(grown.values())).steps[-1]
    heads = [f"{100 * share:.0f}% of the gain" for share in shares]
    return step_chart("When it is learnt", heads, rows, last=last)


def _short(name: str) -> str:
    """A question's name in a picture, whose panel says the rest."""
    return name.partition(":")[2] or name.rpartition("/")[2]
