"""Made-up tasks and results, so that the leaderboard is tested without an encoder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from superb_lite.metrics.proportions import bounded
from superb_lite.metrics.statistics import Sample, interval
from superb_lite.results.result import Result
from superb_lite.results.scale import Scale
from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import Board, TaskSet
from superb_lite_leaderboard.entry import Entry, Measured, Submitted, Tier
from superb_lite_leaderboard.ranking.standings import Standings
from tests.superb_lite.made_up_results import made_up

FLOOR, CEILING = 0.25, 0.95


def task(name: str, modality: str, *, version: int = 1, protocols: tuple[str, ...] = ("frozen",)) -> Task:
    return Task(
        name=name,
        version=version,
        modality=modality,
        form="classify",
        metrics=("accuracy",),
        labels=("no", "yes"),
        load="nowhere:nothing",
        protocols=protocols,
        description=f"What {name} asks.",
        source="made up",
        licence="CC0",
    )


SMELL = TaskSet(
    "smell-lite", (task("smell-lite/rose", "smell"), task("smell-lite/soap", "smell", protocols=("frozen", "finetune")))
)
TOUCH = TaskSet("touch-lite", (task("touch-lite/silk", "touch"), task("touch-lite/sand", "touch")))
BOARD = Board(
    "senses",
    7,
    (
        ("smell-lite/rose", "frozen"),
        ("smell-lite/soap", "frozen"),
        ("smell-lite/soap", "finetune"),
        ("touch-lite/silk", "frozen"),
        ("touch-lite/sand", "frozen"),
    ),
)
SCALE = Scale(floor={"accuracy": FLOOR}, ceiling={"accuracy": CEILING})


def outcomes(seed: str, accuracy: float, *, seeds: int = 3, clusters: int = 200) -> np.ndarray:
    """(S, n) right and wrong answers; an example that is easy under one seed tends to be easy under the others."""
    rng = np.random.default_rng(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "little"))
    ease = rng.uniform(size=clusters)
    noise = rng.normal(0, 0.15, (seeds, clusters)) + rng.normal(0, 0.01, (seeds, 1))
    return (ease[None, :] + noise < accuracy).astype(float)


def result(
    name: str,
    protocol: str = "frozen",
    *,
    modality: str,
    values: np.ndarray | Sequence[Sequence[float]],
    encoder: str = "random:nose",
    **changes: Any,
) -> Result:
    """A result whose clusters' scores under the evaluation seeds are `values`."""
    score = float(np.asarray(values, dtype=float).mean())
    fields: dict[str, Any] = {
        "modality": modality,
        "protocol": protocol,
        "normalised": 100 / (CEILING - FLOOR) * (score - FLOOR),
        "floor": {"accuracy": FLOOR},
        "ceiling": {"accuracy": CEILING},
    }
    found = made_up(name, values=values, encoder=encoder, **{**fields, **changes})
    return found if "ci" in changes else found.replace(ci=ends(found))


def ends(result: Result) -> tuple[float, float]:
    """The interval of an accuracy, as it is computed when predictions are scored."""
    sample = Sample(result.score, np.array(result.pseudo_values), result.clusters)
    return bounded(interval(sample), (0.0, 1.0), examples=result.n_test, clusters=result.clusters)


def entry_results(accuracy: float, *, label: str, modalities: Sequence[str] = ("smell", "touch")) -> list[Result]:
    """A complete entry's results on `BOARD`, about as good as `accuracy` says."""
    by_name = {task.name: task for taskset in (SMELL, TOUCH) for task in taskset}
    results = []
    for shift, (name, protocol) in enumerate(BOARD.columns):
        modality = by_name[name].modality
        if modality in modalities:
            # The same examples are easy for every entry: the seed of the draw is the task, not the entry.
            values = outcomes(name, accuracy + 0.02 * shift)
            results.append(
                result(name, protocol, modality=modality, values=values, encoder=f"random:{label}-{modality}")
            )
    return results


def entry(name: str, results: Sequence[Result], *, tier: Tier = Tier.RERUN) -> Entry:
    """An entry of these results, as the store reads it."""
    measured = tuple(Measured.of(Submitted(result, tier)) for result in results)
    return Entry(name, 1, "2026-01-01T00:00:00+00:00", measured)


def scores(standings: Standings) -> dict[str, object]:
    """By name what an entry scores, without how far it was checked."""
    return {
        row.name: (row.overall, row.modalities, {key: task.normalised for key, task in row.tasks.items()})
        for row in standings.rows
    }
