"""Results without an encoder, for tests of what is done with results."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from superb_lite.machine import Machine
from superb_lite.metrics.statistics import Sample, interval
from superb_lite.results.result import Architecture, Result, SeedResult, predictions_hash


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def architecture(name: str, *, untrained: bool = False) -> Architecture:
    return Architecture(name=f"nowhere:{name}", config_sha256=sha256(name), untrained=untrained)


def without_predictions(result: Result) -> Result:
    """The same result as it is read from a place that does not keep predictions."""
    return result.replace(predictions={}, cluster_index=(), shown={})


def made_up(
    task: str = "t/one",
    *,
    values: np.ndarray | Sequence[Sequence[float]],
    encoder: str = "x",
    metric: str = "accuracy",
    **changes: Any,
) -> Result:
    """A result whose clusters' scores under the evaluation seeds are `values`, (seeds, clusters)."""
    table = np.asarray(values, dtype=float)
    clusters = tuple(f"{task.split('/')[-1]}-{j}" for j in range(table.shape[1]))
    span = interval(Sample(float(table.mean()), table, clusters))
    fields: dict[str, Any] = {
        "encoder": encoder,
        "encoder_hash": sha256(encoder),
        "architecture": None,
        "modality": "toy",
        "task": task,
        "task_version": 1,
        "protocol": "frozen",
        "score": span.estimate,
        "ci": (span.lo, span.hi),
        "metrics": {metric: span.estimate},
        "normalised": None,
        "floor": None,
        "ceiling": None,
        "seeds": tuple(
            SeedResult(seed=s, score=float(row.mean()), metrics={metric: float(row.mean())}, chosen={}, parameters={})
            for s, row in enumerate(table)
        ),
        "n_test": table.shape[1],
        "seconds": 1.5,
        "predictions_sha256": predictions_hash({cluster: [0] * len(table) for cluster in clusters}),
        "data_sha256": sha256(task),
        "in_domain": False,
        "limit": None,
        "clusters": clusters,
        "cluster_index": tuple(range(len(clusters))),
        "pseudo_values": tuple(map(tuple, table.tolist())),
        "predictions": {cluster: [0] * len(table) for cluster in clusters},
        "settings": {},
        "versions": {},
        "revision": None,
        "machine": Machine("system", "cpu", 2, 1, None, "cpu"),
        "deterministic": True,
    }
    return Result(**{**fields, **changes})
