"""Score against cost: which entries are worth what they take."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from superb_lite_leaderboard.entry import Entry, Tier
from superb_lite_leaderboard.views.board import BoardView
from superb_lite_leaderboard.views.cells import OVERALL
from superb_lite_leaderboard.views.costs import CostAxis, total_cost


@dataclass(frozen=True)
class ScatterPoint:
    """An entry with a score and a known cost."""

    ref: str
    name: str
    cost: float
    score: float
    lo: float
    hi: float
    """The ends of the 95% interval of `score`."""
    tier: Tier
    reference: bool
    on_front: bool
    """No other entry is at least as good and at most as costly, and one of the two better."""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**dataclasses.asdict(self), "tier": self.tier.label}


def scatter(
    view: BoardView, entries: Iterable[Entry], cost: CostAxis, score: str = OVERALL
) -> tuple[ScatterPoint, ...]:
    """The entries that have both the score and the cost, the cheapest first.

    score: "overall", or a modality: the cost is then that of its encoders alone.
    """
    by_ref = {entry.ref: entry for entry in entries}
    found = []
    for row in view.rows:
        cell, entry = row.cells.get(score), by_ref.get(row.ref)
        if cell is None or entry is None:
            continue
        results = [each for each in entry.results if not row.encoders or score == OVERALL or each.modality == score]
        total = total_cost(results, cost)
        if total is not None:
            found.append((row, cell, total))
    front = pareto_front([(total, cell.value) for _, cell, total in found])
    points = [
        ScatterPoint(row.ref, row.name, total, cell.value, cell.lo, cell.hi, cell.tier, row.reference, on_front)
        for (row, cell, total), on_front in zip(found, front, strict=True)
    ]
    return tuple(sorted(points, key=lambda point: (point.cost, -point.score, point.name)))


def pareto_front(points: Sequence[tuple[float, float]]) -> list[bool]:
    """Of (cost, score) pairs, which no other one dominates: is at most as costly, at least as good, and not equal."""
    front = [False] * len(points)
    best = float("-inf")
    order = sorted(range(len(points)), key=lambda i: (points[i][0], -points[i][1]))
    for place, i in enumerate(order):
        equal = place > 0 and points[order[place - 1]] == points[i]
        front[i] = front[order[place - 1]] if equal else points[i][1] > best
        best = max(best, points[i][1])
    return front
