"""What entries cost: the cost of their encoders, put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from superb_lite.results.cost import quantity
from superb_lite_leaderboard.entry import Measured


@dataclass(frozen=True)
class CostAxis:
    """A cost that scores are shown against; less is better."""

    key: str
    label: str
    head: str
    """Of a column."""
    of: Callable[[Measured], float | None]
    """Of one result; None where nobody knows."""
    add: bool
    """Whether the costs of several encoders add up; else the largest counts."""


def _cost(name: str) -> Callable[[Measured], float | None]:
    def of(result: Measured) -> float | None:
        return None if result.cost is None else getattr(result.cost, name)

    return of


def _seconds_an_item(result: Measured) -> float | None:
    speed = None if result.cost is None else result.cost.items_per_second
    return 1 / speed if speed else None


def _pretraining_seconds(result: Measured) -> float | None:
    return None if result.pretraining is None else result.pretraining.seconds


AXES: Mapping[str, CostAxis] = {
    axis.key: axis
    for axis in (
        CostAxis("parameters", "parameters", "parameters", _cost("parameters"), add=True),
        CostAxis("flops", "FLOPs of one item", "FLOPs", _cost("flops"), add=True),
        CostAxis("seconds", "seconds an item, on the machine that measured it", "s/item", _seconds_an_item, add=True),
        CostAxis("memory", "peak memory in bytes", "memory, B", _cost("peak_memory"), add=False),
        CostAxis(
            "pretraining",
            "seconds of pretraining, on the machine that trained",
            "pretraining, s",
            _pretraining_seconds,
            add=True,
        ),
    )
}
"""By key."""


def cost_text(value: float | None) -> str:
    """A cost for people, with three digits: "2.23 M", "0.00123"; a dash for one that nobody knows."""
    if value is None:
        return "–"
    return f"{value:.3g}" if 0 < value < 1 else quantity(value)


def total_cost(results: Sequence[Measured], cost: CostAxis) -> float | None:
    """The cost of all encoders of an entry, each by its mean over tasks; None where one of them is not known."""
    encoders: dict[str, list[float]] = {}
    for result in results:
        of_encoder = encoders.setdefault(result.encoder_hash, [])
        value = cost.of(result)
        if value is not None:
            of_encoder.append(float(value))
    if not encoders or not all(encoders.values()):
        return None
    means = [sum(values) / len(values) for values in encoders.values()]
    return sum(means) if cost.add else max(means)


def costs_of(results: Sequence[Measured]) -> dict[str, float]:
    """What is known of the costs of an entry with these results, by the keys of `AXES`."""
    return {key: total for key, axis in AXES.items() if (total := total_cost(results, axis)) is not None}
