"""A colleague's board."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from synthetic_results import BOARD, entry_results

from superb_lite_leaderboard.entry import About, Submitted, Tier
from superb_lite_leaderboard.store.leaderboard import Leaderboard


@pytest.fixture
def hers(tmp_path: Path) -> Leaderboard:
    board = Leaderboard(tmp_path / "hers.db", BOARD)
    board.submit("old", entry_results(0.3, label="older"))
    board.submit("old", [Submitted(r, Tier.RERUN) for r in entry_results(0.7, label="new")], About(licence="MIT"))
    board.submit("half", entry_results(0.5, label="half", modalities=["touch"]))
    board.submit("bare", [r.replace(predictions={}, cluster_index=()) for r in entry_results(0.4, label="bare")])
    mixed = [
        r.replace(encoder=f"raw:{r.task}", encoder_hash=hashlib.sha256(r.task.encode()).hexdigest())
        for r in entry_results(0.2, label="x", modalities=["touch"])
    ]
    board.merge("baselines", mixed, several=True)
    return board
