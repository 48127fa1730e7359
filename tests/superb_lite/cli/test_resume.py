"""`superb-lite evaluate` in real processes: killed in the middle, and two at once."""

from __future__ import annotations

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
from superb_lite.encoders.encoder import Encoder, Features

class Slow(Encoder):
    '''Letter counts, slowly.'''

    modality = "text"

    def config(self):
        return {}

    def length(self, item):
        return len(item)

    def collate(self, items):
        counts = torch.tensor([[float(item.count(letter)) for letter in "abcxyz"] for item in items])
        return {"counts": counts, "item": torch.arange(len(items))}

    def forward(self, batch):
        time.sleep(float(os.environ.get("SUPERB_LITE_DELAY", "0")))
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


def start(folder: Path, workspace: str, *, delay: float = 0.0) -> subprocess.Popen[str]:
    """A process that evaluates all tasks."""
    code = "import sys; from superb_lite.cli import main; main()"
    command = [sys.executable, "-c", code, "evaluate", "py:slow_encoder:make", "--trust-code", "--seeds", "1"]
    command += [word for task in TASKS for word in ("--tasks", f"tsv:{task}.tsv")]
    environment = {
        **os.environ,
        "SUPERB_LITE_OUT": str(folder / workspace),
        "SUPERB_LITE_CACHE": str(folder / f"{workspace}-cache"),
        "SUPERB_LITE_DELAY": str(delay),
        "OMP_NUM_THREADS": "1",
        "COLUMNS": "200",
    }
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=folder, env=environment)


def finish(process: subprocess.Popen[str]) -> tuple[str, set[str]]:
    """What it printed, and the tasks that it computed itself."""
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    lines = [line.split() for line in err.splitlines() if line.startswith("  tsv:")]
    assert {words[0] for words in lines} == {f"tsv:{task}.tsv" for task in TASKS}
    out = out.partition("\ncost:")[0]  # which is of this machine at this moment
    return out, {task for task in TASKS for words in lines if words[0] == f"tsv:{task}.tsv" and words[-1] != "known"}


def finished(folder: Path, workspace: str) -> set[str]:
    """The tasks whose result is stored."""
    return {task for task in TASKS if list((folder / workspace / "results").glob(f"*/*{task}*.json"))}


@pytest.mark.slow
def test_killed_in_the_middle_the_same_command_computes_only_what_is_missing(folder):
    undisturbed, computed = finish(start(folder, "undisturbed"))
    assert computed == set(TASKS)

    process = start(folder, "killed", delay=0.5)
    deadline = time.monotonic() + 200
    while not finished(folder, "killed"):
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    done = finished(folder, "killed")
    assert 0 < len(done) < len(TASKS)

    assert finish(start(folder, "killed")) == (undisturbed, set(TASKS) - done)
    assert finished(folder, "killed") == set(TASKS)


@pytest.mark.slow
def test_two_processes_in_one_workspace_do_each_task_once_and_agree(folder):
    both = [start(folder, "shared", delay=0.3) for _ in range(2)]
    (one, of_one), (other, of_other) = [finish(process) for process in both]
    assert one == other
    assert sorted([*of_one, *of_other]) == sorted(TASKS)
