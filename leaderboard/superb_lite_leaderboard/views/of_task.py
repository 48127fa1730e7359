"""A result of an entry as values: its score, what it was measured by, and what its heads read."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from superb_lite.results.result import Result
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.entry import Measured, Tier
from superb_lite_leaderboard.names import public_name
from superb_lite_leaderboard.ranking.standings import Row, TaskStanding
from superb_lite_leaderboard.views.marks import marks_of
from superb_lite_leaderboard.views.provenance import settings_of


@dataclass(frozen=True)
class OfTask:
    """A result of the entry. Scores are in percent."""

    key: str
    """`Column.key`."""
    task: str
    protocol: str
    version: int
    """Of the task."""
    modality: str
    language: str
    description: str
    higher_is_better: bool
    score: float
    lo: float
    hi: float
    """The ends of the 95% interval."""
    metrics: Mapping[str, float]
    floor: float | None
    ceiling: float | None
    """On the scale of the score; None where the task is not calibrated."""
    normalised: float | None
    normalised_ci: tuple[float, float] | None
    rank: tuple[int, int] | None
    """None where the version does not stand on the board."""
    tier: Tier
    own_code: bool
    marks: str
    """As `Cell.marks`."""
    encoder: str
    """Without paths."""
    n_test: int
    seeds: tuple[float, ...]
    """The score of each evaluation seed."""
    layers: tuple[float, ...]
    """The mean over seeds of the weights under which a head sums the encoder's layers, the first layer first; where a
    layer is chosen instead, the share of seeds that chose it. Empty: the protocol reads layers in another way."""
    settings: tuple[tuple[str, str], ...]
    """What decided the numbers, (what, value), for people."""
    has_predictions: bool
    """Whether they are kept here, so that examples can be seen."""
    rival: str
    """The entry, "NAME@2", to compare with: the best one of another encoder on this task; empty where there is none."""


def of_task(
    measured: Measured, result: Result, column: Column | None, row: Row | None, rival: str, kept: bool
) -> OfTask:
    """A result of an entry. row: of the entry on the board; None where it is not ranked. rival, kept: see `OfTask`."""
    key = column.key if column else f"{result.task}@{result.protocol}"
    standing: TaskStanding | None = row.tasks.get(key) if row else None
    lo, hi = result.ci
    return OfTask(
        key=key,
        task=result.task,
        protocol=result.protocol,
        version=result.task_version,
        modality=result.modality,
        language=column.task.language if column else "",
        description=column.task.description if column else "",
        higher_is_better=column.higher_is_better if column else True,
        score=100 * result.score,
        lo=100 * lo,
        hi=100 * hi,
        metrics={name: 100 * value for name, value in result.metrics.items()},
        floor=_mean(result.floor),
        ceiling=_mean(result.ceiling),
        normalised=standing.normalised if standing else result.normalised,
        normalised_ci=standing.normalised_ci if standing else None,
        rank=standing.rank if standing else None,
        tier=measured.tier,
        own_code=measured.own_code,
        marks=marks_of([measured]),
        encoder=public_name(result.encoder),
        n_test=result.n_test,
        seeds=tuple(100 * seed.score for seed in result.seeds),
        layers=_layers(result),
        settings=settings_of(result),
        has_predictions=kept,
        rival=rival,
    )


def _mean(values: Mapping[str, float] | None) -> float | None:
    return None if values is None else 100 * statistics.fmean(values.values())


LAYERS = "layers"
"""The key under which a protocol records what a head read of the layers."""


def _layers(result: Result) -> tuple[float, ...]:
    """Weights of layers, averaged over seeds. What a stranger's result says otherwise is left out."""
    rows = []
    for seed in result.seeds:
        found = seed.chosen.get(LAYERS)
        if isinstance(found, int) and 0 <= found < MOST_LAYERS:
            rows.append([0.0] * found + [1.0])
        elif isinstance(found, list) and found and all(isinstance(each, int | float) for each in found):
            rows.append([float(each) for each in found[:MOST_LAYERS]])
        else:
            return ()
    depth = max(map(len, rows))
    filled = [row + [0.0] * (depth - len(row)) for row in rows]
    return tuple(statistics.fmean(weights) for weights in zip(*filled, strict=True))


MOST_LAYERS = 200
"""Of an encoder, that are shown."""
