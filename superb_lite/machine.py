"""Where a result was computed: the machine, the versions of packages and the revision of the code."""

from __future__ import annotations

import functools
import importlib.metadata
import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path

import torch


@dataclass(frozen=True)
class Machine:
    """cores: those this process may use. threads: of torch. memory: in bytes, None where the system does not say.

    device: "cpu", or the kind and name of the accelerator.
    """

    system: str
    cpu: str
    cores: int
    threads: int
    memory: int | None
    device: str


def this_machine(device: torch.device) -> Machine:
    """The machine this process runs on, with the device that the encoder runs on."""
    name = device.type if device.type != "cuda" else f"cuda: {torch.cuda.get_device_name(device)}"
    return Machine(platform.platform(), _cpu(), _cores(), torch.get_num_threads(), _memory(), name)


def is_deterministic(device: torch.device) -> bool:
    """Whether the same command on the same machine gives the same bits: on the CPU only.

    Kernels of accelerators may add in another order each time (atomic additions, and algorithms chosen by timing).
    """
    return device.type == "cpu"


def versions() -> dict[str, str]:
    """Versions of what decides the numbers."""
    names = ("superb-lite", "torch", "torchaudio", "torchvision", "timm", "numpy")
    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in names}}


@functools.cache
def revision() -> str | None:
    """The git revision of a checkout of superb_lite ("-dirty": with changes); None for an installed package."""
    package = Path(__file__).resolve().parent
    # Without this check, a package installed inside another project would get that project's revision.
    if not (package.parent / ".git").exists():
        return None
    command = ["git", "-C", str(package), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None


@functools.cache
def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
