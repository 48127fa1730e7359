"""Made-up tasks and results, so that the leaderboard is tested without an encoder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from superb_lite.machine import Machine
from superb_lite.metrics.statistics import interval
from superb_lite.results.result import Result, SeedResult
from superb_lite.results.scale import Scale
from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import Board, TaskSet

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
    table = np.asarray(values, dtype=float)
    clusters = tuple(f"{name.split('/')[1]}-{j}" for j in range(table.shape[1]))
    score = float(table.mean())
    span = interval(_sample(score, table, clusters))
    factor = 100 / (CEILING - FLOOR)
    fields: dict[str, Any] = {
        "encoder": encoder,
        "encoder_hash": hashlib.sha256(encoder.encode()).hexdigest(),
        "modality": modality,
        "task": name,
        "task_version": 1,
        "protocol": protocol,
        "score": score,
        "ci": (span.lo, span.hi),
        "metrics": {"accuracy": score},
        "normalised": factor * (score - FLOOR),
        "floor": {"accuracy": FLOOR},
        "ceiling": {"accuracy": CEILING},
        "seeds": tuple(
            SeedResult(
                seed=s, score=float(row.mean()), metrics={"accuracy": float(row.mean())}, chosen={}, parameters={}
            )
            for s, row in enumerate(table)
        ),
        "n_test": table.shape[1],
        "seconds": 1.5,
        "predictions_sha256": "0" * 64,
        "data_sha256": hashlib.sha256(name.encode()).hexdigest(),
        "in_domain": False,
        "limit": None,
        "clusters": clusters,
        "cluster_index": tuple(range(len(clusters))),
        "pseudo_values": tuple(tuple(row) for row in table.tolist()),
        "predictions": {cluster: [0] for cluster in clusters},
        "settings": {},
        "versions": {},
        "revision": None,
        "machine": Machine("system", "cpu", 2, 1, None, "cpu"),
        "deterministic": True,
    }
    return Result(**{**fields, **changes})


def _sample(score: float, table: np.ndarray, clusters: tuple[str, ...]) -> Any:
    from superb_lite.metrics.statistics import Sample

    return Sample(score, table, clusters)


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
