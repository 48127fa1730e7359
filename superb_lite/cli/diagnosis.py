"""doctor: what is installed, found and cached, and what to do about what is missing."""

from __future__ import annotations

import importlib
import os
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement

from superb_lite import caches, plugins
from superb_lite.errors import SuperbLiteError, counted, foreign_errors
from superb_lite.paths import cache_dir, make_dir, workspace

State = Literal["ok", "note", "broken"]
"""note: worth knowing, but everything that needs it says so itself. broken: the package does not work as it is."""

COMPILED = ("torch", "torchaudio", "torchvision")
"""Packages that are imported as well, because one that is built for another version of torch only fails then."""

LITTLE_SPACE = 2 * 10**9

_NEVER_EMPTY = (plugins.MODALITIES, plugins.TASKSETS, plugins.ENCODERS, plugins.COMMANDS)
"""Groups of entry points in which superb_lite itself registers something, wherever it is installed."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    topic: str
    """The heading that it is listed under."""
    name: str
    """What was looked at."""
    state: State
    """Whether something is to be done."""
    value: str
    """What was found."""
    advice: str = ""
    """What to do, where something is to be done."""


def examine(*, data: bool = False, root: Path | None = None) -> list[Finding]:
    """Look at everything. data: also load the data of every task, which may take minutes; root: official releases."""
    found = [*packages(), *devices(), *plugin_packages(), *storage()]
    return [*found, *(task_data(root) if data else task_sets())]


def packages(distribution: str = "superb-lite") -> Iterator[Finding]:
    """The package, what it requires, and the extras that are or are not installed."""
    yield Finding("packages", "python", "ok", platform.python_version())
    try:
        own = metadata.distribution(distribution)
    except metadata.PackageNotFoundError:
        yield Finding("packages", distribution, "broken", "not installed", "pip install -e . in the checkout")
        return
    yield Finding("packages", distribution, "ok", own.version)
    # Nobody but its developers needs the tools for developing this package.
    extras = [extra for extra in own.metadata.get_all("Provides-Extra") or () if extra != "dev"]
    for text in own.requires or ():
        requirement = Requirement(text)
        for extra in ("", *extras):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                yield _package(requirement, f"{distribution}[{extra}]" if extra else "")
                break


def _package(requirement: Requirement, extra: str) -> Finding:
    """extra: "package[extra]", or empty for what is always needed."""
    name = requirement.name
    worst: State = "note" if extra else "broken"
    try:
        installed = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Finding("packages", name, worst, "not installed", f"pip install '{extra or requirement}'")
    if not requirement.specifier.contains(installed, prereleases=True):
        needed = f"{installed}, not {requirement.specifier}"
        return Finding("packages", name, worst, needed, f"pip install '{name}{requirement.specifier}'")
    if name in COMPILED:
        try:
            with foreign_errors(f"{installed} does not import"):
                importlib.import_module(name)
        except SuperbLiteError as error:
            return Finding("packages", name, "broken", str(error), "install torch, torchaudio and torchvision together")
    return Finding("packages", name, "ok", installed)


def devices() -> Iterator[Finding]:
    """Processor, memory, and the accelerators that torch can use."""
    try:
        import torch
    except Exception:  # `packages` has said so
        return
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    value = f"{counted(cores or 1, 'core')}"
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        value += f", {os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.1f} GiB of memory"
    yield Finding("devices", "cpu", "ok", value)
    if not torch.cuda.is_available() and not torch.backends.mps.is_available():
        yield Finding("devices", "accelerator", "ok", "none: everything runs on the processor")
    names = [f"cuda:{number}" for number in range(torch.cuda.device_count())]
    for name in [*names, *(["mps"] if torch.backends.mps.is_available() else [])]:
        try:
            with foreign_errors("cannot be used"):
                torch.ones(1, device=name).add_(1)
        except SuperbLiteError as error:
            yield Finding("devices", name, "note", str(error), "look at the driver, or leave --device at cpu")
        else:
            yield Finding("devices", name, "ok", torch.cuda.get_device_name(name) if name != "mps" else "Apple GPU")


def plugin_packages() -> Iterator[Finding]:
    """What installed packages register, group by group."""
    for group in plugins.GROUPS:
        points = sorted(metadata.entry_points(group=group), key=lambda point: point.name)
        if not points and group in _NEVER_EMPTY:
            yield Finding("plugins", group, "broken", "nothing is registered", "install the package again")
        for point in points:
            home = point.dist.name if point.dist is not None else "?"
            try:
                if fault := plugins.version_fault(point):
                    raise SuperbLiteError(fault)
                with foreign_errors(f"{point.value} does not load"):
                    point.load()
            except SuperbLiteError as error:
                state: State = "broken" if home == "superb-lite" else "note"
                yield Finding("plugins", point.name, state, str(error), f"mend or remove the package '{home}'")
            else:
                yield Finding("plugins", point.name, "ok", f"{group.rpartition('.')[2]}, from {home}")


def storage() -> Iterator[Finding]:
    """The workspace and the caches, with their sizes."""
    work = workspace()
    results = sum(1 for _ in (work / "results").rglob("*.json")) if work.exists() else 0
    value = f"{work.resolve()}: {_megabytes(work)}, {results} results" if work.exists() else f"{work}: not there yet"
    yield Finding("storage", "workspace", "ok", value)
    try:
        directory = make_dir(cache_dir())
    except SuperbLiteError as error:
        yield Finding("storage", "cache", "broken", str(error), "set SUPERB_LITE_CACHE to a folder you may write to")
        return
    free = shutil.disk_usage(directory).free
    advice = "free some space: superb-lite cache clear" if free < LITTLE_SPACE else ""
    yield Finding("storage", "cache", "note" if advice else "ok", f"{directory}: {free / 10**9:.1f} GB free", advice)
    for kind, folders in caches.CACHES.items():
        paths = [directory / folder for folder in folders]
        yield Finding("storage", f"cached {kind}", "ok", f"{', '.join(map(str, paths))}: {_megabytes(*paths)}")


def _megabytes(*paths: Path) -> str:
    return f"{sum(map(caches.size, paths)) / 10**6:.1f} MB"


def task_sets() -> Iterator[Finding]:
    """The task sets; their data is not touched."""
    for taskset in plugins.tasksets().values():
        made = ", data is made at first use and cached" if taskset.prepare else ""
        root = " --root DIR" if taskset.official else ""
        yield Finding(
            "data",
            taskset.name,
            "ok",
            f"{counted(len(taskset.tasks), 'task')}{made}; superb-lite doctor --data{root} loads it",
        )


def task_data(root: Path | None) -> Iterator[Finding]:
    """Every task with its data loaded; that of official releases only from `root`, since it may be gigabytes."""
    for taskset in plugins.tasksets().values():
        if taskset.official and root is None:
            advice = "superb-lite doctor --data --root DIR looks into DIR"
            yield Finding(
                "data", taskset.name, "ok", f"{counted(len(taskset.tasks), 'task')} of an official release", advice
            )
            continue
        for task in taskset:
            try:
                data = task.data(root)
            except SuperbLiteError as error:
                yield Finding("data", task.name, "note", "not found", str(error))
            else:
                value = f"{len(data.train)} train, {len(data.validation)} validation, {len(data.test)} test"
                yield Finding("data", task.name, "ok", value)
