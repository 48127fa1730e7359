"""What a worker does with a unit: it limits its threads, calls the function, and sends back an answer or one line."""

from __future__ import annotations

import contextlib
import os
import platform
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from superb_lite.errors import SuperbLiteError, reason


@dataclass(frozen=True)
class Answer:
    """What comes back of a unit."""

    value: Any = None
    error: str = ""
    """The line of a `SuperbLiteError`; empty where there was none."""


@dataclass(frozen=True)
class Place:
    """Where a unit is to believe that it runs."""

    threads: int
    """Of torch, so that results do not depend on how many units a machine runs at once."""
    gpus: bool
    """Whether GPUs were asked for; else none is seen, though the machine may have some, and units share none."""
    folder: str
    """The working directory of the asking process, which relative paths start from; used where it is there, too."""


def work(function: Callable[..., Any], place: Place, *arguments: Any) -> Answer:
    """Call a function. $SUPERB_LITE_DEBUG lets what is no `SuperbLiteError` go on as it is."""
    if not place.gpus:
        os.environ["CUDA_VISIBLE_DEVICES"] = ""  # before torch looks for any
    with contextlib.suppress(OSError):
        os.chdir(place.folder)
    import torch

    torch.set_num_threads(place.threads)
    try:
        return Answer(function(*arguments))
    except SuperbLiteError as error:
        return Answer(error=str(error))
    except Exception as error:
        if os.environ.get("SUPERB_LITE_DEBUG"):
            raise
        traceback.print_exc()  # into the log of the worker
        return Answer(error=f"{reason(error)} (SUPERB_LITE_DEBUG=1 shows where)")


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
