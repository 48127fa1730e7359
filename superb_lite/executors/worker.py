"""What a worker does with a unit: it limits its threads, calls the function, and sends back an answer or one line."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from superb_lite.errors import SuperbLiteError


@dataclass(frozen=True)
class Answer:
    """What comes back of a unit."""

    value: Any = None
    error: str = ""
    """The line of a `SuperbLiteError`; empty where there was none."""


def work(function: Callable[..., Any], threads: int, *arguments: Any) -> Answer:
    """Call a function. threads: of torch, so that results do not depend on how many units a machine runs at once.

    What is no `SuperbLiteError` is raised, as a defect of the work itself.
    """
    import torch

    torch.set_num_threads(threads)
    try:
        return Answer(function(*arguments))
    except SuperbLiteError as error:
        return Answer(error=str(error))


@dataclass(frozen=True)
class Node:
    """What a machine is, as far as it decides results."""

    name: str
    versions: dict[str, str]
    code_sha256: str
    device: str
    """The kind of device that encoders run on there."""
    sees: tuple[bool, ...]
    """Of each path that was asked about, whether it is there."""


def describe(device: str, paths: tuple[str, ...]) -> Node:
    """The machine that this runs on. device: as `--device` says it. paths: of files that the asking machine wrote."""
    from pathlib import Path

    from superb_lite.evaluation.devices import device_named
    from superb_lite.machine import code_sha256, versions

    sees = tuple(Path(path).exists() for path in paths)
    return Node(platform.node(), versions(), code_sha256("superb_lite"), device_named(device).type, sees)
