"""Equally good entries must share all ranks, whatever the noise says, in at least 95% of boards."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic_results import BOARD, SMELL, TOUCH, entry, result

from superb_lite_leaderboard.board import resolve_columns
from superb_lite_leaderboard.ranking.ranking import rank

ENTRIES = 4
MODALITY = {task.name: task.modality for taskset in (SMELL, TOUCH) for task in taskset}


def false_wins(rng: np.random.Generator) -> dict[str, bool]:
    """Of one simulated board, the lists in which any two of its equally good entries are told apart."""
    ease = {name: rng.standard_normal(60) for name in MODALITY}
    entries = []
    for number in range(ENTRIES):
        results = []
        luck = {name: 0.15 * rng.standard_normal((5, 1)) for name in MODALITY}  # both protocols draw the same labels
        for name, protocol in BOARD.columns:
            latent = ease[name] + luck[name] + 0.7 * rng.standard_normal((5, 60))
            results.append(result(name, protocol, modality=MODALITY[name], values=(latent < 0.5).astype(float)))
        entries.append(entry(f"entry {number}", results))
    found: dict[str, bool] = {}
    for row in rank(entries, BOARD, resolve_columns(BOARD)).rows:
        assert row.overall is not None
        standings = {"overall": row.overall.rank, **{m: s.rank for m, s in row.modalities.items()}}
        standings |= {key: standing.rank for key, standing in row.tasks.items()}
        for name, ranks in standings.items():
            found[name] = found.get(name, False) or ranks != (1, ENTRIES)
    return found


@pytest.mark.parametrize("boards", [20, pytest.param(300, marks=pytest.mark.slow)])
def test_equal_entries_are_told_apart_in_at_most_5_percent_of_boards(boards: int) -> None:
    rng = np.random.default_rng(11)
    wins = [false_wins(rng) for _ in range(boards)]
    limit = 0.05 + 3 * np.sqrt(0.05 * 0.95 / boards)
    for name in wins[0]:
        share = np.mean([board[name] for board in wins])
        print(f"{name:<28} a false win in {100 * share:.1f} % of {boards} boards")
        assert share <= limit, name
