"""Other work than evaluation as units: calls of functions that keep what they find, or give it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.evaluation.devices import device_named
from superb_lite.evaluation.measure_scale import Asked, Entries, Report, measure_task
from superb_lite.executors.base import Executor, Unit
from superb_lite.executors.cluster import look_at
from superb_lite.executors.running import run_units

Call = tuple[Callable[..., Any], Mapping[str, Any]]
"""A function that any worker can import, and its arguments by name."""


def call_on(
    executor: Executor,
    calls: Mapping[str, Call],
    *,
    device: str = "auto",
    shared: Sequence[Path] = (),
    report: Report = lambda line: None,
) -> Iterator[tuple[str, Any]]:
    """What calls return, by their names, each as soon as it is there.

    shared: directories that workers write into. Raises `SuperbLiteError` where a machine does not see one of them.
    """
    cluster = look_at(executor, device=device, directories=shared)
    if shared and cluster.device != (here := device_named(device).type):
        raise SuperbLiteError(
            f"workers run encoders on {cluster.device} and this machine on {here}, so that it would not find what they "
            "keep: run this where the workers are, or say --device cpu"
        )
    for directory in shared:
        if directory not in cluster.shared:
            raise SuperbLiteError(
                f"a machine of the cluster does not see '{one_line(directory, 120)}', where workers write: name a "
                "directory on a disk that all of them share"
            )
    units = [Unit(name, _call, call) for name, call in calls.items()]
    for unit, value in run_units(executor, units, report=report):
        yield unit.name, value


def _call(function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    return function(**arguments)


def calibrate_on(executor: Executor, asked: Sequence[Asked], report: Report) -> Entries:
    """See `superb_lite.evaluation.measure_scale.calibrate`; the lines of a task come together when it is measured."""
    calls: dict[str, Call] = {each.task.name: (_measured, {"asked": each}) for each in asked}
    named = {each.task.name: each for each in asked}
    device = asked[0].options.device if asked else "auto"
    for name, (entry, lines) in call_on(executor, calls, device=device, report=report):
        for line in lines:
            report(line)
        yield named[name], entry


def _measured(asked: Asked) -> tuple[dict[str, Any] | None, list[str]]:
    lines: list[str] = []
    return measure_task(asked, lines.append), lines
