"""Schema version 2: results say on which machine they were computed, and the metrics of each seed."""

from __future__ import annotations

from typing import Any

from superb_lite_leaderboard.store.migrations.payloads import change_payloads

revision = "2"
down_revision = "1"

_UNKNOWN = {"system": "unknown", "cpu": "unknown", "cores": 0, "threads": 0, "memory": None, "device": "unknown"}


def upgrade() -> None:
    """Fill in what is known. Of a task with several metrics nobody knows them by seed: its result is called damaged."""
    change_payloads(_filled_in)


def _filled_in(values: dict[str, Any]) -> dict[str, Any]:
    (metric,) = values["metrics"]
    seeds = [{**seed, "metrics": {metric: seed["score"]}, "parameters": {}} for seed in values["seeds"]]
    added = {"seeds": seeds, "cluster_index": [], "revision": None, "machine": _UNKNOWN, "deterministic": False}
    return {**values, **added}
