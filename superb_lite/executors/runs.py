"""Runs of pretraining as units."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from superb_lite.executors.base import Executor, Unit
from superb_lite.executors.cluster import look_at
from superb_lite.executors.files import Files
from superb_lite.executors.running import run_units
from superb_lite.paths import CONFIG, cache_dir, make_dir, write_bytes
from superb_lite.pretraining.arguments import TRAINING_STATE
from superb_lite.pretraining.run import pretrain as run

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
        for name, content in sorted(files, key=lambda file: file[0] == CONFIG):  # which makes it a checkpoint
            write_bytes(out / name, content)
        yield unit.name


def pretrain(name: str, out: Path, budget: str, arguments: Sequence[str], send: bool) -> Files:
    """Pretrain an objective into a directory, or go on with what a worker that died left there.

    send: send back the files of the checkpoint, for an asking process that does not see this machine's disk.
    """
    if send:
        out = (
            make_dir(cache_dir() / "runs")
            / hashlib.sha256(repr((name, str(out), budget, arguments)).encode()).hexdigest()
        )
    if not (out / CONFIG).exists():
        run(name, out, resume=(out / TRAINING_STATE).exists(), budget=budget, arguments=arguments)
    if not send:
        return ()
    files = tuple((file.name, file.read_bytes()) for file in sorted(out.iterdir()) if file.is_file())
    shutil.rmtree(out)
    return files
