"""`superb-lite calibrate`."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from superb_lite.cli.names import check_names
from superb_lite.cli.options import BatchSize, Device, ExecutorName
from superb_lite.errors import SuperbLiteError
from superb_lite.executors.named import check_executor


def calibrate(
    names: Annotated[
        list[str], typer.Argument(metavar="TASKS...", help="Task sets, tasks or patterns: superb-lite list tasks")
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Write the calibration file here, keeping what it says of other tasks; default: print it."),
    ] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option(help="An encoder of known worth, the worst first: they must stand in this order."),
    ] = None,
    ceiling_from: Annotated[
        list[str] | None, typer.Option(help="Look for ceilings with this encoder, too; may be repeated.")
    ] = None,
    untrained: Annotated[int, typer.Option(help="How many untrained encoders are marked on the scale.")] = 10,
    floors: Annotated[
        bool,
        typer.Option(
            "--floors", help="Only what needs no encoder (seconds): floors, and rules; measured ceilings in --out stay."
        ),
    ] = False,
    device: Device = "auto",
    batch_size: BatchSize = 32,
    executor: ExecutorName = "local",
) -> None:
    """Measure floor, ceiling and what stands between them, and refuse tasks that tell too little (minutes to hours).

    Example: superb-lite calibrate clue-lite --out calibration.json
    """
    from superb_lite import plugins

    check_names(device=device)
    check_executor(executor)
    tasks = list({task.name: task for name in names for task in plugins.tasks(name)}.values())

    from superb_lite.cli.progress import say
    from superb_lite.evaluation.measure_scale import CalibrationOptions, calibrate, refused
    from superb_lite.executors.calls import calibrate_on
    from superb_lite.executors.named import opened
    from superb_lite.paths import feature_dir, write_text
    from superb_lite.results import scale

    earlier = scale.read(out.read_text(encoding="utf-8"), out) if out is not None and out.is_file() else None

    def save(content: dict[str, Any]) -> None:
        if out is not None:
            write_text(out, json.dumps(content, indent=1, ensure_ascii=False) + "\n")

    options = CalibrationOptions(
        untrained=untrained,
        references=tuple(reference or ()),
        ceiling_from=tuple(ceiling_from or ()),
        device=device,
        batch_size=batch_size,
        feature_dir=feature_dir(),
    )
    with opened(executor) as cluster:
        measure = None if cluster is None else partial(calibrate_on, cluster)
        found = calibrate(
            tasks, report=say, earlier=earlier, save=save, options=options, only_floors=floors, measure=measure
        )
    if out is None:
        print(json.dumps(found, indent=1, ensure_ascii=False))
    missing = [task.name for task in tasks if task.name not in found["tasks"]] if floors else refused(found, tasks)
    if missing:
        raise SuperbLiteError(
            f"not admitted, for the reasons above: {', '.join(missing)} (what may help: more test examples, another "
            "metric, a stronger reference with --ceiling-from)"
        )
