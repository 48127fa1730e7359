"""Ratios of medians, timed alternately, so that a busy machine slows both sides alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Promise:
    """A measured ratio and what it should be."""

    name: str
    value: float
    target: float
    better: Literal["lower", "higher"]

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return self.value <= self.target if self.better == "lower" else self.value >= self.target

    def to_dict(self) -> dict[str, Any]:
        """A row of perf.json."""
        return {
            "name": self.name,
            "value": round(self.value, 4),
            "target": self.target,
            "better": self.better,
            "holds": self.holds,
        }


def alternate(a: Callable[[], float], b: Callable[[], float], *, rounds: int) -> float:
    """Median over rounds of seconds(a) / seconds(b); each round runs both, in turn first."""
    ratios = []
    for number in range(rounds):
        first, second = (a, b) if number % 2 == 0 else (b, a)
        times = {first: first(), second: second()}
        ratios.append(times[a] / times[b])
    return statistics.median(ratios)
