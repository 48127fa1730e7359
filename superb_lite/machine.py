"""Where a result was computed, and by which code: the machine, the versions of packages, the sources, the revision."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch


@dataclass(frozen=True)
class Machine:
    """The computer that a result was computed on."""

    system: str
    """Operating system, its version and the architecture."""

    cpu: str
    """Model of the processor."""

    cores: int
    """Cores that the process could use."""

    threads: int
    """Threads of torch."""

    memory: int | None
    """Main memory in bytes; None where the system does not say."""

    device: str
    """Where the encoder ran: "cpu", or the kind and name of the accelerator."""


def this_machine(device: torch.device) -> Machine:
    """The machine this process runs on, with the device that the encoder runs on."""
    name = device.type if device.type != "cuda" else f"cuda: {torch.cuda.get_device_name(device)}"
    return Machine(platform.platform(), _cpu(), _cores(), torch.get_num_threads(), _memory(), name)


def device_name(device: torch.device) -> str:
    """Kind and name of a device: "cpu: " and the model of the processor, say."""
    name = _cpu() if device.type == "cpu" else torch.cuda.get_device_name(device) if device.type == "cuda" else ""
    return f"{device.type}: {name}" if name else device.type


def is_deterministic(device: torch.device) -> bool:
    """Whether the same command on the same machine gives the same bits: on the CPU only.

    Kernels of accelerators may add in another order each time (atomic additions, and algorithms chosen by timing).
    """
    return device.type == "cpu"


def versions() -> dict[str, str]:
    """Versions of what decides the numbers."""
    names = ("superb-lite", "torch", "torchaudio", "torchvision", "timm", "numpy")
    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in names}}


UNHASHED = {"superb_lite": ("charts", "cli", "executors")}
"""Folders of a package that decide no number."""


BY_VERSION = frozenset({"numpy", "sentence_transformers", "timm", "torch", "torchaudio", "torchvision", "transformers"})
"""Libraries of thousands of files that nobody edits, which count by their versions."""


def code_sha256(*packages: str) -> str:
    """SHA-256 over the Python sources of top-level packages or modules, in any order; each is read once a process.

    A package whose sources cannot be read (one in a zip file, one that is compiled) counts by its version, and so do
    those of `BY_VERSION`. Nothing is imported.
    """
    digest = hashlib.sha256()
    for package in sorted(set(packages)):
        digest.update(f"{package}={_package_sha256(package)};".encode())
    return digest.hexdigest()


@functools.cache
def _package_sha256(package: str) -> str:
    digest = hashlib.sha256()
    found = False
    for folder, files in _sources(package) if package not in BY_VERSION else ():
        for file in files:
            try:
                content = file.read_bytes()
            except OSError:
                continue  # deleted meanwhile, or a link to nothing
            digest.update(f"{file.relative_to(folder).as_posix()}:{len(content)}:".encode())
            digest.update(content)
            found = True
    if not found:
        try:
            digest.update(importlib.metadata.version(package).encode())
        except importlib.metadata.PackageNotFoundError:
            digest.update(platform.python_version().encode())  # a part of Python, or nothing at all
    return digest.hexdigest()


def _sources(package: str) -> Iterable[tuple[Path, list[Path]]]:
    """The folders that a package lies in (several for a namespace package), each with its Python files in order."""
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):  # the module that Python was started with may have no specification
        spec = None
    module = sys.modules.get(package)
    folders = getattr(spec, "submodule_search_locations", None) or getattr(module, "__path__", None)
    if folders is None:
        file = Path(getattr(module, "__file__", None) or getattr(spec, "origin", None) or "")
        return [(file.parent, [file])] if file.suffix == ".py" else []
    unhashed = UNHASHED.get(package, ())
    sources = []
    for folder in map(Path, folders):
        files = (file for file in folder.rglob("*.py") if file.relative_to(folder).parts[0] not in unhashed)
        sources.append((folder, sorted(files)))
    return sources


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
