"""How long `superb-lite --help` takes over a bare Python start, and what a command imports over `import torch`."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial

from tests.perf.timing import Promise, alternate


def promises() -> Iterator[Promise]:
    """Typer and our own light modules cost a few bare starts; torch would cost about fifty."""
    help_text = [
        sys.executable,
        "-c",
        "import sys; from superb_lite.cli import main; sys.argv = ['x', '--help']; main()",
    ]
    ratio = alternate(partial(_seconds, help_text), partial(_seconds, [sys.executable, "-c", "pass"]), rounds=9)
    yield Promise("superb-lite --help / bare Python start", ratio, 10.0, "lower")
    command, torch = ([sys.executable, "-c", f"import {module}"] for module in ("superb_lite.cli.evaluation", "torch"))
    ratio = alternate(partial(_seconds, command), partial(_seconds, torch), rounds=5)
    yield Promise("imports of superb-lite evaluate / import torch", ratio, 1.5, "lower")


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started
