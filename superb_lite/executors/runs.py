"""Runs of pretraining as units."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from superb_lite.executors.base import Executor, Unit
from superb_lite.executors.cluster import look_at
from superb_lite.executors.jobs import pretrain
from superb_lite.executors.running import run_units
from superb_lite.paths import make_dir, write_bytes

Asked = tuple[str, Path, str, tuple[str, ...]]
"""The name of an objective, the directory of its checkpoint, the budget, and further options."""


def pretrain_on(
    executor: Executor, runs: Mapping[str, Asked], *, report: Callable[[str], None] = lambda line: None
) -> Iterator[str]:
    """The names of runs, each when its checkpoint is in its directory. A run whose worker dies goes on where it was
    saved last, if workers share the disk, and from its beginning else.

    report: called with one line when a worker died.
    """
    if not runs:
        return
    parents = list(dict.fromkeys(make_dir(out.parent) for _, out, _, _ in runs.values()))
    cluster = look_at(executor, device="auto", directories=parents)
    units = [
        Unit(
            name,
            pretrain,
            (
                objective,
                out.resolve() if out.parent in cluster.shared else out,
                budget,
                arguments,
                out.parent not in cluster.shared,
            ),
        )
        for name, (objective, out, budget, arguments) in runs.items()
    ]
    for unit, files in run_units(executor, units, report=report):
        out = runs[unit.name][1]
        for name, content in sorted(files, key=lambda file: file[0] == "config.json"):  # which makes it a checkpoint
            write_bytes(out / name, content)
        yield unit.name
