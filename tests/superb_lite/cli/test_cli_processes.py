"""`superb-lite pretrain` under two processes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from superb_lite.encoders.checkpoint_config import CONFIG
from superb_lite.encoders.references import load_encoder


@pytest.mark.slow
def test_two_processes_train_one_checkpoint_on_batches_of_their_own(tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("".join(f"this is line {n} of a small corpus of words\n" for n in range(200)), encoding="utf-8")
    # Lightning starts the second process by the same command, so it has to be a file.
    (tmp_path / "run.py").write_text("from superb_lite.cli import main\nmain()\n", encoding="utf-8")
    options = {"devices": 2, "strategy": "ddp", "accelerator": "cpu", "max_steps": 4}
    command = [
        sys.executable, "run.py", "pretrain", "text-bert",
        "--out", str(tmp_path / "bert"), "--data", str(text), "--data.batch_size", "4",
        "--model.layers", "1", "--model.width", "16", "--model.heads", "2",
        *(word for name, value in options.items() for word in (f"--trainer.{name}", str(value))),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(tmp_path / "bert")]  # one of the two speaks
    pretraining = json.loads((tmp_path / "bert" / CONFIG).read_text())["pretraining"]
    assert pretraining["steps"] == 4
    assert sum(p.numel() for p in load_encoder(tmp_path / "bert").parameters()) > 0
