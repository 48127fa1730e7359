"""What the experiment says: scores, paired differences, and how fast training went."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from superb_lite.analysis.transfer.convergence import Curve, Faster, compare_curves, curves
from superb_lite.analysis.transfer.design import Design
from superb_lite.analysis.transfer.rows import COMPARISONS
from superb_lite.analysis.transfer.run import Measured
from superb_lite.analysis.transfer.samples import Cells, difference, mean_over_tasks, sample_of, table
from superb_lite.encoders.parameters import parameter_count
from superb_lite.metrics import higher_is_better
from superb_lite.metrics.statistics import SIGNIFICANCE, Sample, holm, interval


@dataclass(frozen=True)
class Score:
    """Of a row on a task, a fraction."""

    row: str
    task: str
    value: float
    ci: tuple[float, float]
    by_checkpoint: tuple[float, ...]


@dataclass(frozen=True)
class Difference:
    """Row `a` minus row `b`, a fraction, paired by checkpoint, mapping, evaluation seed and test example."""

    a: str
    b: str
    task: str | None
    """None: the mean over tasks, in which a loss counts as a loss."""
    value: float
    ci: tuple[float, float]
    """The 95% interval, not adjusted."""
    p: float | None
    """Holm-adjusted over all differences of the report; None of one pair of runs, which says nothing of others."""
    detectable: float
    """The smallest true difference that such a comparison alone shows with 80% power."""
    verdict: str
    """"a better" with the name of the row, "undecided", or "one run"."""


@dataclass(frozen=True)
class Report:
    """Of a finished experiment."""

    texts: tuple[str, ...]
    parameters: tuple[int, ...]
    """How many each of `texts` has, its embeddings among them."""
    specific: tuple[str, ...]
    mappings: int
    protocol: str
    settings: dict[str, Any]
    rows: tuple[str, ...]
    tasks: tuple[str, ...]
    metrics: dict[str, tuple[str, ...]]
    """By task."""
    scores: tuple[Score, ...]
    differences: tuple[Difference, ...]
    curves: tuple[Curve, ...]
    faster: tuple[Faster, ...]
    largest_rate: dict[str, float]
    """By row the share of its cells that chose the largest learning rate of the grid: much of it says that the grid is
    too short for the row. Empty where there is no grid of them."""
    seconds: float
    """Of all cells."""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return dataclasses.asdict(self)

    def score(self, row: str, task: str) -> Score | None:
        """None where the row was not measured."""
        return next((each for each in self.scores if (each.row, each.task) == (row, task)), None)


def make_report(design: Design, measured: Sequence[Measured]) -> Report:
    """The report of all cells of a design."""
    cells = table(measured)
    found = curves(cells)
    settings = measured[0].result.settings
    return Report(
        texts=tuple(design.texts),
        parameters=tuple(map(parameter_count, design.texts.values())),
        specific=tuple(design.specific),
        mappings=design.mappings,
        protocol=design.protocol,
        settings=dict(settings),
        rows=design.rows,
        tasks=tuple(task.name for task in design.tasks),
        metrics={task.name: task.metrics for task in design.tasks},
        scores=tuple(_score(row, task.name, cells[row, task.name]) for task in design.tasks for row in design.rows),
        differences=_differences(design, cells),
        curves=found,
        faster=compare_curves(cells),
        largest_rate=_largest_rate(measured, settings.get("learning_rates") or ()),
        seconds=sum(each.result.seconds for each in measured),
    )


def _score(row: str, task: str, cells: Cells) -> Score:
    sample = sample_of(cells)
    found = interval(sample)
    checkpoints = sorted({checkpoint for checkpoint, _ in cells})
    each = [[m.result.score for (c, _), m in cells.items() if c == checkpoint] for checkpoint in checkpoints]
    return Score(row, task, sample.estimate, (found.lo, found.hi), tuple(sum(s) / len(s) for s in each))


def _differences(design: Design, cells: dict[tuple[str, str], Cells]) -> tuple[Difference, ...]:
    found: list[tuple[str, str, str | None, Sample, bool]] = []
    for a, b in COMPARISONS:
        if not {a, b} <= set(design.rows):
            continue
        gains: list[Sample] = []
        for task in design.tasks:
            paired = difference(cells[a, task.name], cells[b, task.name])
            up = higher_is_better(task.metrics)
            gains.append(paired if up else paired.scaled(-1.0))
            found.append((a, b, task.name, paired, up))
        if len(gains) > 1:
            found.append((a, b, None, mean_over_tasks(gains), True))
    intervals = [interval(sample) for *_, sample, _ in found]
    several = [len(sample.values) > 1 for *_, sample, _ in found]
    adjusted = iter(holm([each.p_value() for each, known in zip(intervals, several, strict=True) if known]))
    made = []
    for (a, b, name, _, up), each, known in zip(found, intervals, several, strict=True):
        p = next(adjusted) if known else None
        verdict = _verdict(p, a if (each.estimate > 0) == up else b)
        made.append(Difference(a, b, name, each.estimate, (each.lo, each.hi), p, each.noise.detectable(), verdict))
    return tuple(made)


def _verdict(p: float | None, winner: str) -> str:
    if p is None:
        return "one run"
    return f"{winner} better" if p < SIGNIFICANCE else "undecided"


def _largest_rate(measured: Sequence[Measured], rates: Sequence[float]) -> dict[str, float]:
    """By row the share of cells that chose the largest of several rates."""
    if len(rates) < 2:
        return {}
    chosen: dict[str, list[bool]] = {}
    for each in measured:
        rate = each.result.seeds[0].chosen.get("learning_rate")
        chosen.setdefault(each.cell.row, []).append(rate == max(rates))
    return {row: sum(found) / len(found) for row, found in chosen.items()}
