"""Comparisons that are kept by the content that they were made of, so that an unchanged board is not ranked again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple
from importlib.metadata import version
from typing import Protocol

from superb_lite.machine import code_sha256
from superb_lite.surrogates import hashed_bytes
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.ranking.comparisons import Comparisons, Results, compare_results
from superb_lite_leaderboard.ranking.standings import Gain, Standing

LEAST = 100
"""Boards of fewer results are ranked as fast as they are read."""


Unusable = Sequence[tuple[str, str, str]]
"""(name, column, a line that says what is wrong) of results that cannot be compared."""


class Kept(Protocol):
    """Where texts are kept by a key. Neither method fails: what cannot be read is None."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, text: str) -> None: ...


def comparisons(results: Results, columns: Sequence[Column], kept: Kept | None) -> tuple[Comparisons, list[str]]:
    """As `compare_results`, of what is kept where there is something of exactly these results and columns.

    The tables behind results that are not compared again are not read, so damage done to them since is not noticed.
    """
    small = sum(map(len, results.values())) < LEAST
    found, unusable = compare_results(results, columns) if kept is None or small else _kept(results, columns, kept)
    for name, column, _ in unusable:
        results[name].pop(column, None)
    return found, [line for *_, line in unusable]


def _kept(results: Results, columns: Sequence[Column], kept: Kept) -> tuple[Comparisons, Unusable]:
    key = content_key(results, columns)
    known = _load(kept.get(key))
    if known is not None:
        return known
    found, unusable = compare_results(results, columns)
    kept.put(key, _dump(found, unusable))
    return found, unusable


def content_key(results: Results, columns: Sequence[Column]) -> str:
    """SHA-256 of all that decides comparisons: results and their order, columns, scales and code."""
    content = {
        "code": code_sha256("superb_lite", "superb_lite_leaderboard"),
        "libraries": [version("numpy"), version("scipy")],
        "columns": [
            [
                *(column.key, column.task.modality, column.task.language, column.higher_is_better),
                None if column.scale is None else [dict(column.scale.floor), dict(column.scale.ceiling)],
            ]
            for column in columns
        ],
        "results": [
            [name, *([key, result.checksum, int(result.tier)] for key, result in of_entry.items())]
            for name, of_entry in results.items()
        ],
    }
    return hashlib.sha256(hashed_bytes(json.dumps(content, sort_keys=True))).hexdigest()


def _dump(found: Comparisons, unusable: Unusable) -> str:
    return json.dumps(
        {
            "standings": [
                [key, [[name, s.score, *s.ci, *s.rank, s.group] for name, s in of_list.items()]]
                for key, of_list in found.standings.items()
            ],
            "gains": [astuple(gain) for gain in found.gains.values()],
            "detectable": found.detectable,
            "mean_rank": found.mean_rank,
            "iqm": found.iqm,
            "unusable": unusable,
        }
    )


def _load(text: str | None) -> tuple[Comparisons, Unusable] | None:
    """What `_dump` wrote; None for anything else."""
    if text is None:
        return None
    try:
        values = json.loads(text)
        found = Comparisons(detectable=values["detectable"], mean_rank=values["mean_rank"], iqm=values["iqm"])
        for key, rows in values["standings"]:
            found.standings[tuple(key)] = {
                name: Standing(score, (lo, hi), (best, worst), group)
                for name, score, lo, hi, best, worst, group in rows
            }
        for entry, column, twin, difference, (lo, hi) in values["gains"]:
            found.gains[entry, column] = Gain(entry, column, twin, difference, (lo, hi))
        return found, [(name, column, line) for name, column, line in values["unusable"]]
    except (LookupError, TypeError, ValueError, RecursionError):
        return None
