"""`superb-lite run`: pretrain, evaluate and rank one encoder a modality."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from superb_lite.cli.names import check_names
from superb_lite.cli.options import BatchSize, Budget, Device, EvaluationOptions, ExecutorName, Root
from superb_lite_leaderboard.commands.options import BoardUrl


def run(
    board: BoardUrl = None,
    out: Annotated[Path | None, typer.Option(help="Everything goes here; default: superb-lite-out.")] = None,
    modality: Annotated[
        list[str] | None, typer.Option(help="Every objective of this modality; may be repeated.")
    ] = None,
    tasks: Annotated[
        list[str] | None,
        typer.Option(help="Rank by these tasks or sets, on a board of their own; may be repeated."),
    ] = None,
    device: Device = "auto",
    batch_size: BatchSize = 32,
    root: Root = None,
    budget: Budget = "minute",
    quick: Annotated[
        bool,
        typer.Option("--quick", help="A smoke run: the budget `quick`, one task a modality, a board of its own."),
    ] = False,
    executor: ExecutorName = "local",
) -> None:
    """Pretrain encoders, evaluate them, their random twins and the simple baselines, and rank them.

    One encoder a modality; with --modality all that it has. Another budget than the minute has a folder of its own
    (superb-lite-out/hour).

    Example: superb-lite run --modality speech --tasks superb-lite
    """
    from superb_lite import plugins

    for name in modality or ():
        plugins.modality(name)
    check_names(tasks=tasks, device=device)
    options = EvaluationOptions(device=device, batch_size=batch_size, root=root, executor=executor)

    from superb_lite_leaderboard.commands.pipeline import run_all

    run_all(board=board, out=out, modalities=modality, tasks=tasks, budget=budget, quick=quick, options=options)
