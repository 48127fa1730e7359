"""The marks beside a score."""

from __future__ import annotations

from collections.abc import Sequence

from superb_lite_leaderboard.entry import Measured


def marks_of(results: Sequence[Measured]) -> str:
    """† pretrained on the task's source, ? on what nobody knows, ‡ one evaluation seed; of any of the results."""
    in_domain = any(result.in_domain for result in results)
    unknown = any(result.in_domain is None for result in results)
    one_seed = any(len(result.seeds) == 1 for result in results)
    return "†" * in_domain + "?" * unknown + "‡" * one_seed
