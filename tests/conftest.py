"""What every test has in common."""

from __future__ import annotations

import random
import socket
import sys
from collections.abc import Callable

import numpy as np
import pytest
import torch

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
