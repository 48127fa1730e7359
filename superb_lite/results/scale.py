"""Floors and ceilings of tasks: the two ends of the normalised scale.

They are measured by `superb-lite calibrate TASKSET`, written down with how they were measured, with what stands between
them and with the verdict on the task, and frozen per version of a task. An interval of a normalised score takes them as
exact: they are the unit that scores are given in, the same for every encoder.
"""

from __future__ import annotations

import functools
import json
import math
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
    """The measured scale of a task under a protocol; None where it was not calibrated at this version, or is too short.

    Raises `SuperbLiteError` where the calibration file of its set is damaged.
    """
    measured = sheet(task, protocol)
    if measured is None or not measured.get("normalised", True):
        return None
    return Scale(floor=measured["floor"], ceiling=measured["ceiling"])


def sheet(task: Task, protocol: str) -> Mapping[str, Any] | None:
    """All that its set's calibration file says of a task under a protocol; None where it was not calibrated so."""
    owner = plugins.tasksets().get(task.name.split("/")[0])
    if owner is None or owner.calibration is None:
        return None
    entry = _read(owner.calibration).get(task.name)
    if entry is None or entry["version"] != task.version:
        return None
    measured: Mapping[str, Any] | None = entry["protocols"].get(protocol)
    return measured


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
        tasks = dict(found["tasks"])
        for task, entry in tasks.items():
            for protocol, measured in entry["protocols"].items():
                _check_ends(f"{task} ({protocol})", measured)
            int(entry["version"])
        return {"how": found.get("how", ""), "tasks": tasks}
    except (json.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise SuperbLiteError(f"'{name}' is not a calibration file: {error!r}") from None


def _check_ends(where: str, measured: Mapping[str, Any]) -> None:
    """Raise ValueError unless floor and ceiling are numbers of the same metrics."""
    floor, ceiling = measured["floor"], measured["ceiling"]
    if not floor or floor.keys() != ceiling.keys():
        raise ValueError(f"{where}: floor and ceiling must have the same metrics")
    for metric, value in (*floor.items(), *ceiling.items()):
        if not math.isfinite(value):
            raise ValueError(f"{where}: {metric} is not finite")
    if measured.get("normalised", True) and any(floor[metric] == ceiling[metric] for metric in floor):
        raise ValueError(f"{where}: floor and ceiling are equal")
