"""`superb-lite calibrate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from superb_lite.cli.names import check_names
from superb_lite.cli.options import BatchSize, Device
from superb_lite.errors import SuperbLiteError


def calibrate(
    names: Annotated[
        list[str], typer.Argument(metavar="TASKS...", help="Task sets, tasks or patterns: superb-lite list tasks")
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Write the calibration file here, keeping what it says of other tasks; default: print it."),
    ] = None,
    device: Device = "auto",
    batch_size: BatchSize = 32,
) -> None:
    """Measure the floor and the ceiling of tasks (minutes to hours).

    Example: superb-lite calibrate clue-lite --out calibration.json
    """
    from superb_lite import plugins

    check_names(device=device)
    tasks = list({task.name: task for name in names for task in plugins.tasks(name)}.values())

    from superb_lite.cli.progress import say
    from superb_lite.evaluation.measure_scale import calibrate
    from superb_lite.paths import write_text
    from superb_lite.results import scale

    earlier = scale.read(out.read_text(encoding="utf-8"), out) if out is not None and out.is_file() else None

    def save(content: dict[str, Any]) -> None:
        if out is not None:
            write_text(out, json.dumps(content, indent=1) + "\n")

    found = calibrate(tasks, report=say, earlier=earlier, save=save, device=device, batch_size=batch_size)
    if out is None:
        print(json.dumps(found, indent=1))
    if left := [task.name for task in tasks if task.name not in found["tasks"]]:
        raise SuperbLiteError(f"not calibrated, for the reasons above: {', '.join(left)}")
