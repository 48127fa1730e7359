"""Floors and ceilings of tasks: the two ends of the normalised scale.

They are measured by `superb-lite calibrate TASKSET`, written down with how they were measured, and frozen per version
of a task.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.task import Task


@dataclass(frozen=True)
class Scale:
    """The two ends of a task's normalised scale under one protocol."""

    floor: Mapping[str, float]
    """By metric, a fraction."""
    ceiling: Mapping[str, float]
    """By metric, a fraction."""

    def coefficients(self, metric: str) -> tuple[float, float]:
        """(factor, offset) with normalised = factor * value + offset, in percent."""
        factor = 100.0 / (self.ceiling[metric] - self.floor[metric])
        return factor, -factor * self.floor[metric]


def scale(task: Task, protocol: str) -> Scale | None:
    """The measured scale of a task under a protocol; None where it was not calibrated at this version."""
    owner = plugins.tasksets().get(task.name.split("/")[0])
    if owner is None or owner.calibration is None:
        return None
    entry = _read(owner.calibration).get(task.name)
    if entry is None or entry["version"] != task.version or protocol not in entry["protocols"]:
        return None
    measured = entry["protocols"][protocol]
    return Scale(floor=measured["floor"], ceiling=measured["ceiling"])


@functools.cache
def _read(target: str) -> dict[str, Any]:
    package, _, file = target.partition(":")
    path = resources.files(package) / file
    if not path.is_file():
        return {}
    return dict(read(path.read_text(encoding="utf-8"), target)["tasks"])


def read(text: str, name: object) -> dict[str, Any]:
    """The content of a calibration file.

    Raises:
        SuperbLiteError: the text is something else; `name` says where it is from.
    """
    try:
        found = json.loads(text)
        return {"how": found.get("how", ""), "tasks": dict(found["tasks"])}
    except (json.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise SuperbLiteError(f"'{name}' is not a calibration file: {error!r}") from None
