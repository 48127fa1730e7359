"""What every test has in common."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

ROOT = Path(__file__).parents[1]

SEED = 20_261
"""Not 0, with which untrained encoders are drawn: a test has to see when something else is drawn like them."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Each test and its fixtures draw the same numbers whatever ran before it, on whatever worker."""
    torch.manual_seed(SEED)
    np.random.seed(SEED)  # noqa: NPY002 - what draws without a generator of its own is meant
    random.seed(SEED)


@pytest.fixture
def superb_lite_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """`superb-lite ARGUMENTS` in this process; its exit code, standard output and standard error."""
    # Late: the tests of other rooms load no command line.
    from superb_lite.cli import main

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["superb-lite", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as error:
            code = int(error.code or 0)
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def network_requests(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each attempt to reach the network is refused and noted here, whatever the code under test makes of it."""
    attempts: list[str] = []

    def refusing(name: str) -> Callable[..., None]:
        def refuse(*arguments: object, **options: object) -> None:
            attempts.append(f"{name}{arguments[-1:]}")
            raise OSError("the test allows no network")

        return refuse

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refusing(name))
    for name in ("create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refusing(name))
    return attempts


@pytest.fixture
def fresh(tmp_path: Path) -> Callable[..., str]:
    """`python -m` in an environment of its own, in an empty folder: what it prints; it must succeed.

    It finds the packages that are installed here and this tree; what is installed there stays there.
    """
    home = tmp_path / "environment"
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    (site,) = home.glob("lib/python*/site-packages")
    ours = next(path for path in map(Path, sys.path) if (path / "pip").is_dir())
    (site / "ours.pth").write_text(f"import site; site.addsitedir({str(ours)!r})\n")
    places = [ROOT, *(ROOT / folder for folder in ("modalities", "benchmarks", "leaderboard"))]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([*map(str, places), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "SUPERB_LITE_OUT": str(tmp_path / "workspace"),
        "SUPERB_LITE_CACHE": str(tmp_path / "cache"),
        "OMP_NUM_THREADS": "1",
        "PIP_NO_INDEX": "1",
    }

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [python, "-m", *arguments], capture_output=True, text=True, cwd=tmp_path, env=environment, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run
