"""How fast training goes: the training loss by update, and how soon a row is where rand ends.

The second claim of Kao & Lee 2021 is that pretraining makes training on such sequences converge faster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from superb_lite.analysis.transfer.rows import COMPARISONS, RAND
from superb_lite.analysis.transfer.run import Measured
from superb_lite.analysis.transfer.samples import Cells, shared_cells, units

POINTS = 50
"""Of a curve."""

SMOOTH = 5
"""Points of a moving average: a tenth of the updates."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Mean:
    """A mean over pretraining seeds."""

    value: float
    ci: tuple[float, float] | None
    """Its 95% interval, by a t-distribution; None of one value."""

    @classmethod
    def of(cls, values: Sequence[float]) -> Mean:
        """values: one for each checkpoint."""
        value = float(np.mean(values))
        if len(values) < 2:
            return cls(value, None)
        from scipy import stats  # takes a fifth as long to import as torch

        half = float(stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))
        return cls(value, (value - half, value + half))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"value": self.value, "ci": None if self.ci is None else list(self.ci)}


@dataclass(frozen=True)
class Curve:
    """The training loss of a row on a task."""

    row: str
    task: str
    updates: int
    loss: tuple[float, ...]
    """`POINTS` means over equal stretches of the updates, averaged over checkpoints and draws."""
    by_unit: tuple[tuple[float, ...], ...]
    """The same for each checkpoint, of one checkpoint for each draw (`samples.units`)."""
    reach: tuple[float, ...]
    """For each of them the share of the updates after which the loss is where that of rand ends; 1 where it never
    is, averaged over draws."""
    reached: float
    """The share of its cells that get there."""

    @property
    def area(self) -> Mean:
        """The mean loss over all updates."""
        return Mean.of([float(np.mean(each)) for each in self.by_unit])


def curves(table: Mapping[tuple[str, str], Cells]) -> tuple[Curve, ...]:
    """Of every row and task; none where nothing recorded a training loss (protocol frozen, say)."""
    found = []
    for (row, task), cells in table.items():
        if any(_recorded(each) is None for each in cells.values()):
            return ()
        found.append(_curve(row, task, cells, _target(table[RAND, task])))
    return tuple(found)


def _curve(row: str, task: str, cells: Cells, target: float) -> Curve:
    """target: the loss where rand ends."""
    each_unit = [[_loss(each) for each in unit] for unit in units(cells)]
    reach = [[_reach(loss, target) for loss in losses] for losses in each_unit]
    means = [np.mean(losses, axis=0) for losses in each_unit]
    recorded = _recorded(next(iter(cells.values()))) or {}
    return Curve(
        row=row,
        task=task,
        updates=int(recorded.get("updates", 0)),
        loss=tuple(np.mean(means, axis=0).tolist()),
        by_unit=tuple(tuple(mean.tolist()) for mean in means),
        reach=tuple(float(np.mean([1.0 if r is None else r for r in unit])) for unit in reach),
        reached=float(np.mean([r is not None for unit in reach for r in unit])),
    )


@dataclass(frozen=True)
class Faster:
    """Row `a` against row `b` on a task."""

    a: str
    b: str
    task: str | None
    """None: the mean over tasks."""
    area: Mean | None
    """Of the training loss over all updates: a - b. None for a mean over tasks, whose losses differ in kind."""
    reach: Mean
    """In shares of the updates: a - b."""


def compare_curves(table: Mapping[tuple[str, str], Cells]) -> tuple[Faster, ...]:
    """For every comparison that has both rows, paired as scores are: what only one of them has is left out.

    Nothing where nothing recorded a training loss.
    """
    if not curves(table):
        return ()
    tasks = list(dict.fromkeys(task for _, task in table))
    compared = []
    for a, b in COMPARISONS:
        reaches = []
        for task in tasks:
            if (a, task) not in table or (b, task) not in table:
                continue
            shared, target = shared_cells(table[a, task], table[b, task]), _target(table[RAND, task])
            one, other = (_curve(row, task, cells, target) for row, cells in zip((a, b), shared, strict=True))
            areas = [float(np.mean(x) - np.mean(y)) for x, y in zip(one.by_unit, other.by_unit, strict=True)]
            reaches.append([x - y for x, y in zip(one.reach, other.reach, strict=True)])
            compared.append(Faster(a, b, task, Mean.of(areas), Mean.of(reaches[-1])))
        if len(reaches) > 1:
            compared.append(Faster(a, b, None, None, Mean.of(np.mean(reaches, axis=0).tolist())))
    return tuple(compared)


def _recorded(each: Measured) -> Mapping[str, Any] | None:
    found = each.result.seeds[0].chosen.get("training_loss")
    return found if isinstance(found, dict) and found.get("means") else None


def _loss(each: Measured) -> Array:
    """(POINTS,) the training loss; what has fewer updates is drawn out."""
    means = np.array((_recorded(each) or {})["means"], dtype=np.float64)
    places = (np.arange(len(means)) + 0.5) / len(means)
    return np.interp((np.arange(POINTS) + 0.5) / POINTS, places, means)


def _smoothed(loss: Array) -> Array:
    """(POINTS - SMOOTH + 1,) moving averages."""
    return np.convolve(loss, np.ones(SMOOTH) / SMOOTH, mode="valid")


def _target(rand: Cells) -> float:
    """Where the loss of rand ends: over its last updates, averaged over all cells."""
    return float(np.mean([_smoothed(_loss(each))[-1] for each in rand.values()]))


def _reach(loss: Array, target: float) -> float | None:
    """The share of the updates after which a moving average is at the target; None: it never is."""
    below = np.flatnonzero(_smoothed(loss) <= target)
    return float((below[0] + SMOOTH) / POINTS) if len(below) else None
