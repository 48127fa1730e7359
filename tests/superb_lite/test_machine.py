import os
import subprocess
from pathlib import Path

import pytest
import torch

from superb_lite import machine
from superb_lite.machine import is_deterministic, revision, this_machine

ROOT = Path(__file__).parents[2]


def test_the_machine_is_this_one():
    found = this_machine(torch.device("cpu"))
    assert found.device == "cpu"
    assert found.cpu
    assert 1 <= found.cores <= (os.cpu_count() or 1)
    assert found.threads == torch.get_num_threads()
    assert found.memory is None or found.memory > 2**20


def test_only_the_cpu_is_deterministic():
    assert is_deterministic(torch.device("cpu"))
    assert not is_deterministic(torch.device("cuda"))
    assert not is_deterministic(torch.device("mps"))


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_the_revision_is_that_of_the_checkout():
    command = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    head = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    revision.cache_clear()
    assert revision() in (head, f"{head}-dirty")


def test_an_installed_package_has_no_revision(tmp_path, monkeypatch):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    monkeypatch.setattr(machine, "__file__", str(tmp_path / "site-packages" / "superb_lite" / "machine.py"))
    revision.cache_clear()
    assert revision() is None
    revision.cache_clear()
