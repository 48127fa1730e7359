"""Boards in SQLite and, where its server is installed, in PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from postgresql_server import CannotStartError, Server, running_server
from synthetic_results import BOARD

from superb_lite_leaderboard.store.leaderboard import Leaderboard


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """Started once; skipped with a reason where that is not possible."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'superb-lite[postgres]'")
    try:
        with running_server() as server:
            yield server
    except CannotStartError as error:
        pytest.skip(str(error))


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Gives the URL of another board that is not there yet, on each of the databases."""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgresql")
        return server.url
    return lambda: f"sqlite:///{tmp_path / uuid.uuid4().hex}.db"


@pytest.fixture
def leaderboard(new_url: Callable[[], str], tmp_path: Path) -> Leaderboard:
    """An empty board on each of the databases."""
    return Leaderboard(new_url(), BOARD, predictions=tmp_path / "predictions")


@pytest.fixture
def file_board(tmp_path: Path) -> Leaderboard:
    """An empty board in SQLite, for what concerns its file."""
    return Leaderboard(tmp_path / "board.db", BOARD)
