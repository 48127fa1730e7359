"""From runs to curves: loss and errors against parameters, data, items and floating-point operations, with laws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from superb_lite.analysis.estimate import Estimate, across_seeds
from superb_lite.analysis.scaling.design import TIMES, Design, Factor, Size
from superb_lite.analysis.scaling.law import LEAST_LEVELS, Fitted, fit_with_intervals, frontier
from superb_lite.analysis.scaling.measured import Run

LOSS = "held-out loss"

AXES: dict[str, Factor | None] = {
    "parameters": "width",
    "share of the data": "data",
    "items seen": "steps",
    "training FLOPs": None,
}
"""What a measure is drawn against, and the factor that then changes alone; None: whatever makes a run dearer."""


@dataclass(frozen=True)
class Curve:
    """One measure against one quantity."""

    measure: str
    axis: str
    levels: Mapping[float, tuple[float, ...]]
    """By x the values of the runs, one a seed; by FLOPs of those that no cheaper run is better than."""
    ends: tuple[tuple[float, tuple[float, ...]], tuple[float, tuple[float, ...]]]
    """x and values of the smallest and the largest of all sizes, whatever their values are."""
    law: Fitted | None
    """None where there are too few sizes."""
    checked: tuple[float, tuple[float, ...]] | None = None
    """x and values of the larger run that took no part in the law."""

    def means(self) -> dict[float, Estimate]:
        """By x the mean over seeds."""
        return {x: across_seeds(values) for x, values in self.levels.items()}

    @property
    def ten_times(self) -> float:
        """x of a run that is `TIMES` as large as the largest."""
        return TIMES * max(self.levels)

    @property
    def foretold(self) -> Estimate | None:
        """What the mean of the larger runs should be: at the checked x, else at `ten_times`."""
        if self.law is None:
            return None
        x, runs = (self.ten_times, 1) if self.checked is None else (self.checked[0], len(self.checked[1]))
        return self.law.prediction(x, runs)

    @property
    def fell_in(self) -> bool | None:
        """Whether the mean of the checked runs lies in the interval; None where nothing was checked or foretold."""
        found = self.foretold
        if self.checked is None or found is None or found.low is None or found.high is None:
            return None
        mean = sum(self.checked[1]) / len(self.checked[1])
        return found.low <= mean <= found.high


def measures_of(runs: Sequence[Run], lower_is_better: Mapping[str, bool]) -> dict[str, dict[tuple[Size, int], float]]:
    """By measure the value of every (size, seed), less being better: the loss, and what scores lack to 1."""
    found: dict[str, dict[tuple[Size, int], float]] = {}
    for run in runs:
        if run.loss is not None:
            found.setdefault(LOSS, {})[run.size, run.seed] = run.loss
        for task, score in run.scores.items():
            error = score if lower_is_better[task] else 1 - score
            found.setdefault(f"error, {task}", {})[run.size, run.seed] = error
    return found


def curves_of(design: Design, runs: Sequence[Run], lower_is_better: Mapping[str, bool]) -> list[Curve]:
    """Every measure against every quantity that changes."""
    larger, largest = design.larger(), design.largest
    by_place = {(run.size, run.seed): run for run in runs}
    found = []
    for measure, values in measures_of(runs, lower_is_better).items():
        for axis, factor in AXES.items():
            sizes = [size for size in design.sizes() if _belongs(size, largest, factor)]
            every = list(_levels(sizes, axis, values, by_place).items())
            if len(every) < 2:
                continue
            levels = dict(every) if factor else {x: tuple(v) for x, v in frontier(dict(every)).items()}
            law = fit_with_intervals(levels) if len(levels) >= LEAST_LEVELS else None
            ran = _levels([larger], axis, values, by_place) if larger and factor == design.check else {}
            checked = next(iter(ran.items()), None)
            found.append(Curve(measure, axis, levels, (every[0], every[-1]), law, checked))
    return found


def _belongs(size: Size, largest: Size, factor: Factor | None) -> bool:
    """Whether a size differs from the largest in this factor alone; without one, only in what costs operations."""
    if factor is None:
        return size.data == largest.data
    return all(getattr(size, name) == getattr(largest, name) for name in ("width", "data", "steps") if name != factor)


def _levels(
    sizes: Sequence[Size], axis: str, values: Mapping[tuple[Size, int], float], runs: Mapping[tuple[Size, int], Run]
) -> dict[float, tuple[float, ...]]:
    """By x, in rising order, the values of the runs of some sizes."""
    found: dict[float, list[float]] = {}
    for size in sizes:
        of_size = [place for place in values if place[0] == size]
        known = [x for place in of_size if (x := _x(runs[place], axis)) is not None]
        if known:  # the operations of a batch differ a little between seeds, as its masks and lengths do
            found.setdefault(sum(known) / len(known), []).extend(values[place] for place in of_size)
    return {x: tuple(found[x]) for x in sorted(found)}


def _x(run: Run, axis: str) -> float | None:
    of_axis = {
        "parameters": run.parameters,
        "share of the data": run.size.data,
        "items seen": run.items,
        "training FLOPs": run.flops,
    }
    x = of_axis[axis]
    return float(x) if x else None
