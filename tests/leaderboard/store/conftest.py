"""Boards in SQLite and, where its server is installed, in PostgreSQL."""

from __future__ import annotations

import getpass
import glob
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from synthetic_results import BOARD

from superb_lite_leaderboard.store.leaderboard import Leaderboard

ACCOUNTS = ("postgres", "nobody")
"""Who runs the server where the tests are run by root, as which PostgreSQL refuses to run."""


class Server:
    """A PostgreSQL server that listens on a socket in a directory of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def url(self) -> str:
        """A new, empty database."""
        import psycopg

        name = f"board_{uuid.uuid4().hex}"
        with psycopg.connect(host=str(self.directory), user="tester", dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql://tester@/{name}?host={self.directory}"


def _programs() -> Path:
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    program = found[-1] if found else shutil.which("initdb")
    if program is None:
        pytest.skip("PostgreSQL's server is not installed (Debian: apt-get install postgresql)")
    return Path(program).parent


def _as_user() -> list[str]:
    """What goes before a command, so that root's tests run it as somebody else."""
    if os.geteuid() != 0:
        return []
    if shutil.which("runuser") is None:
        pytest.skip("PostgreSQL does not run as root, and there is no runuser")
    for account in ACCOUNTS:
        if subprocess.run(["id", account], capture_output=True, check=False).returncode == 0:
            return ["runuser", "-u", account, "--"]
    pytest.skip(f"PostgreSQL does not run as root, and there is no user {' or '.join(ACCOUNTS)}")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """Started once; skipped with a reason where that is not possible."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'superb-lite[postgres]'")
    programs, before = _programs(), _as_user()
    # A socket's path has at most 107 bytes.
    directory = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    try:
        if before:
            shutil.chown(directory, before[2])
        data = directory / "data"
        init = [*before, str(programs / "initdb"), "-D", str(data), "-U", "tester", "-A", "trust", "-N", "-E", "UTF8"]
        options = f"-F -c listen_addresses='' -c unix_socket_directories={directory} -c max_connections=60"
        control = [*before, str(programs / "pg_ctl"), "-D", str(data), "-w"]
        log = str(directory / "log")
        for command in ([*init, "--locale=C"], [*control, "-o", options, "-l", log, "start"]):
            done = subprocess.run(
                command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, cwd="/", timeout=60
            )
            if done.returncode:
                pytest.skip(f"PostgreSQL does not start for {getpass.getuser()}: {done.stdout.strip()[-300:]}")
        try:
            yield Server(directory)
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], capture_output=True, check=False, cwd="/", timeout=60)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


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
