"""A board of made-up tasks that looks registered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from clock import Clock
from synthetic_results import BOARD, SCALE, SMELL, TOUCH

import superb_lite.evaluation.recheck  # noqa: F401  # before the scale is replaced: what is scored here has a true one
from superb_lite import plugins
from superb_lite.results import scale
from superb_lite_leaderboard.store import versions
from superb_lite_leaderboard.store.leaderboard import Leaderboard


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "tasksets", lambda: {SMELL.name: SMELL, TOUCH.name: TOUCH})
    monkeypatch.setattr(scale, "scale", lambda task, protocol: SCALE)


@pytest.fixture
def bilingual(monkeypatch: pytest.MonkeyPatch) -> None:
    """Roses smell in English, soap in Chinese."""
    tasks = tuple(replace(task, language="en" if task.name.endswith("rose") else "zh") for task in SMELL)
    monkeypatch.setattr(plugins, "tasksets", lambda: {SMELL.name: replace(SMELL, tasks=tasks), TOUCH.name: TOUCH})


@pytest.fixture
def leaderboard(tmp_path: Path) -> Leaderboard:
    return Leaderboard(tmp_path / "board.db", BOARD)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Boards take their dates from it."""
    found = Clock()
    monkeypatch.setattr(versions, "datetime", found)
    return found
