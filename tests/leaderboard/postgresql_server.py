"""A PostgreSQL server in a temporary folder, which is removed however the tests end."""

from __future__ import annotations

import getpass
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ACCOUNTS = ("postgres", "nobody")
"""Who runs the server where the tests are run by root, as which PostgreSQL refuses to run."""

_CLEAN_UP = """
import json, shutil, subprocess, sys
stop, directory = json.loads(sys.argv[1]), sys.argv[2]
sys.stdin.buffer.read()  # ends when the tests do, also where they are killed
subprocess.run(stop, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
shutil.rmtree(directory, ignore_errors=True)
"""


class CannotStartError(Exception):
    """Why there is no server here."""


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


@contextmanager
def running_server() -> Iterator[Server]:
    """A server while the context lasts. Raises `CannotStartError` where there is none.

    A process of its own stops it and removes the folder when this one is gone, however that ended.
    """
    programs, before = _programs(), _as_user()
    # A socket's path has at most 107 bytes.
    directory = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    data = directory / "data"
    control = [*before, str(programs / "pg_ctl"), "-D", str(data), "-w"]
    with _removed_afterwards(directory, [*control, "-m", "immediate", "stop"]):
        if before:
            shutil.chown(directory, before[2])
        init = [*before, str(programs / "initdb"), "-D", str(data), "-U", "tester", "-A", "trust", "-N", "-E", "UTF8"]
        options = f"-F -c listen_addresses='' -c unix_socket_directories={directory} -c max_connections=60"
        small = "-c min_wal_size=2MB -c max_wal_size=16MB"
        for command in (
            [*init, "--locale=C", "--wal-segsize=1"],
            [*control, "-o", f"{options} {small}", "-l", str(directory / "log"), "start"],
        ):
            done = subprocess.run(
                command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, cwd="/", timeout=60
            )
            if done.returncode:
                raise CannotStartError(
                    f"PostgreSQL does not start for {getpass.getuser()}: {done.stdout.strip()[-300:]}"
                )
        yield Server(directory)


@contextmanager
def _removed_afterwards(directory: Path, stop: Sequence[str]) -> Iterator[None]:
    """Run a command and remove a directory when the context ends, and when this process ends without that."""
    import json

    # A session of its own: what is sent to the group of the tests, such as Ctrl-C, does not reach it.
    watcher = subprocess.Popen(
        [sys.executable, "-I", "-c", _CLEAN_UP, json.dumps(stop), str(directory)],
        stdin=subprocess.PIPE,
        start_new_session=True,
        cwd="/",
    )
    try:
        yield
    finally:
        watcher.communicate(timeout=60)


def _programs() -> Path:
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    program = found[-1] if found else shutil.which("initdb")
    if program is None:
        raise CannotStartError("PostgreSQL's server is not installed (Debian: apt-get install postgresql)")
    return Path(program).parent


def _as_user() -> list[str]:
    """What goes before a command, so that root's tests run it as somebody else."""
    if os.geteuid() != 0:
        return []
    if shutil.which("runuser") is None:
        raise CannotStartError("PostgreSQL does not run as root, and there is no runuser")
    for account in ACCOUNTS:
        if subprocess.run(["id", account], capture_output=True, check=False).returncode == 0:
            return ["runuser", "-u", account, "--"]
    raise CannotStartError(f"PostgreSQL does not run as root, and there is no user {' or '.join(ACCOUNTS)}")
