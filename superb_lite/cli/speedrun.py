"""`superb-lite speedrun`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from superb_lite.cli.options import Budget, Objective
from superb_lite.errors import SuperbLiteError

app = typer.Typer(rich_markup_mode=None)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def speedrun(
    context: typer.Context,
    name: Objective,
    target: Annotated[float | None, typer.Option(help="A held-out loss that the mean has to be below.")] = None,
    task: Annotated[str | None, typer.Option(help="Measure by this task instead, on its validation examples.")] = None,
    score: Annotated[float | None, typer.Option(help="The score in percent that the mean has to reach.")] = None,
    steps: Annotated[int | None, typer.Option(help="Optimiser steps; default: those of the recipe.")] = None,
    minutes: Annotated[float | None, typer.Option(help="As many steps as this machine takes in so long.")] = None,
    seeds: Annotated[int, typer.Option(help="Pretraining seeds, at least 3.")] = 5,
    budget: Budget = "minute",
    note: Annotated[str, typer.Option(help="What is new about it, for the list of records.")] = "",
    out: Annotated[Path | None, typer.Option(help="Where checkpoints and record.json go.")] = None,
) -> None:
    """Is a loss, or a score, reached: pretrain under several seeds and test their mean. More options go to pretrain.

    Example: superb-lite speedrun text-bert --target 5.1 --steps 300 --model.learning_rate 5e-3
    """
    from superb_lite import plugins
    from superb_lite.pretraining.recipes import find_recipe

    spec = plugins.objective(name)
    find_recipe(spec, budget)
    if (target is None) == (task is None) or (task is None) != (score is None):
        raise SuperbLiteError("give the target: --target LOSS, or --task NAME --score PERCENT")
    if steps is not None and minutes is not None:
        raise SuperbLiteError("--steps and --minutes both say how long the run is: give one of them")
    if (steps is not None and steps < 1) or (minutes is not None and not minutes > 0):
        raise SuperbLiteError("a run has at least one step: give --steps or --minutes above 0")
    chosen = plugins.tasks(task)[0] if task is not None else None
    if chosen is not None and chosen.modality != spec.modality:
        raise SuperbLiteError(f"'{chosen.name}' is a task of {chosen.modality}, and '{name}' trains {spec.modality}")

    import datetime

    from superb_lite.cli.progress import say
    from superb_lite.evaluation.speedrun import run_speedrun
    from superb_lite.paths import workspace
    from superb_lite.pretraining.estimate import steps_in
    from superb_lite.pretraining.run import check_arguments

    arguments = list(context.args)
    if minutes is not None:
        steps = steps_in(60 * minutes, name, budget=budget, arguments=arguments)
    if steps is not None:
        arguments += ["--trainer.max_steps", str(steps)]
    check_arguments(name, arguments, budget=budget)
    directory = out or workspace() / "speedruns"
    record = run_speedrun(
        name,
        directory,
        budget=budget,
        arguments=arguments,
        task=chosen,
        target=target if target is not None else (score or 0.0) / 100,
        seeds=seeds,
        note=note,
        date=datetime.date.today().isoformat(),
        say=say,
    )
    mean = sum(record.values) / len(record.values)
    verdict = "reached" if record.holds else "not reached"
    took = sum(record.cpu_seconds) / len(record.cpu_seconds)
    print(
        f"{record.measure}: {mean:.4f}, target {record.target:.4f} {verdict} (p = {record.p:.2g}), {took:.0f} s of CPU"
    )
    path = directory / "record.json"
    record.write(path)
    print(path)
