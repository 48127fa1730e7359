"""`superb-lite evaluate` in real processes: killed in the middle, and two at once."""

from __future__ import annotations

import collections
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TASKS = ("red", "green", "blue")

ENCODER = """
import os, time
import torch
from superb_lite.encoder import Encoder, Features

class Slow(Encoder):
    '''Letter counts, slowly; every batch is noted with the task that its items are of.'''

    modality = "text"

    def config(self):
        return {}

    def length(self, item):
        return len(item)

    def collate(self, items):
        if log := os.environ.get("LOG"):
            with open(log, "a") as file:
                file.write(f"{os.getpid()} {items[0].split()[0]}\\n")
        counts = torch.tensor([[float(item.count(letter)) for letter in "abcxyz"] for item in items])
        return {"counts": counts, "item": torch.arange(len(items))}

    def forward(self, batch):
        time.sleep(float(os.environ.get("DELAY", "0")))
        counts = batch["counts"][:, None]
        return Features((counts,), torch.ones(counts.shape[:2], dtype=torch.bool), batch["item"])

def make():
    return Slow()
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    """A working directory with the encoder and a file of 40 labelled lines for each task."""
    (tmp_path / "slow_encoder.py").write_text(ENCODER, encoding="utf-8")
    for task in TASKS:
        rng = random.Random(task)
        lines = ["text\tlabel"]
        for number in range(40):
            label = ("abc", "xyz")[number % 2]
            word = "".join(rng.choice(label if rng.random() < 0.7 else "abcxyz") for _ in range(9))
            lines.append(f"{task} {number} {word}\t{label}")
        (tmp_path / f"{task}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def start(folder: Path, workspace: str, *, log: str, delay: float = 0.0) -> subprocess.Popen[str]:
    """A process that evaluates all tasks."""
    code = "import sys; from superb_lite.cli import main; main()"
    command = [sys.executable, "-c", code, "evaluate", "py:slow_encoder:make", "--trust-code", "--seeds", "1"]
    command += [word for task in TASKS for word in ("--tasks", f"tsv:{task}.tsv")]
    environment = {
        **os.environ,
        "SUPERB_LITE_OUT": str(folder / workspace),
        "SUPERB_LITE_CACHE": str(folder / f"{workspace}-cache"),
        "LOG": str(folder / log),
        "DELAY": str(delay),
        "OMP_NUM_THREADS": "1",
        "COLUMNS": "200",
    }
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=folder, env=environment)


def finish(process: subprocess.Popen[str]) -> str:
    """What it printed."""
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out


def finished(folder: Path, workspace: str) -> set[str]:
    """The tasks whose result is stored."""
    return {task for task in TASKS if list((folder / workspace / "results").glob(f"*/*{task}*.json"))}


def computed(folder: Path, log: str) -> dict[str, set[str]]:
    """Which processes looked at each task."""
    found = collections.defaultdict(set)
    for line in (folder / log).read_text(encoding="utf-8").splitlines():
        process, task = line.split()
        found[task].add(process)
    return found


@pytest.mark.slow
def test_killed_in_the_middle_the_same_command_computes_only_what_is_missing(folder):
    undisturbed = finish(start(folder, "undisturbed", log="undisturbed.log"))
    assert all(f"tsv:{task}.tsv" in undisturbed for task in TASKS)

    process = start(folder, "killed", log="killed.log", delay=0.5)
    deadline = time.monotonic() + 200
    while not finished(folder, "killed"):
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    done = finished(folder, "killed")
    assert 0 < len(done) < len(TASKS)

    assert finish(start(folder, "killed", log="resumed.log")) == undisturbed
    assert set(computed(folder, "resumed.log")) == set(TASKS) - done
    assert finished(folder, "killed") == set(TASKS)


@pytest.mark.slow
def test_two_processes_in_one_workspace_do_each_task_once_and_agree(folder):
    both = [start(folder, "shared", log="shared.log", delay=0.3) for _ in range(2)]
    one, other = [finish(process) for process in both]
    assert one == other
    found = computed(folder, "shared.log")
    assert set(found) == set(TASKS)
    assert all(len(processes) == 1 for processes in found.values())
