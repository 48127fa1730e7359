"""`superb-lite analyze scaling`."""

from __future__ import annotations

from typing import Annotated

import typer

from superb_lite.cli.analyze._output import Formats, Out, Output
from superb_lite.cli.analyze._shared import command_line
from superb_lite.cli.names import check_names
from superb_lite.cli.options import BatchSize, Budget, Device, ExecutorName, Json, Objective, Root, check_root
from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.evaluation.request import select_tasks
from superb_lite.executors.named import check_executor


def scaling(
    context: typer.Context,
    objective: Objective,
    width: Annotated[
        str | None, typer.Option(metavar="N,N,N", help="Widths of the encoder; a feed-forward layer grows along.")
    ] = None,
    data: Annotated[str, typer.Option(metavar="S,S,S", help="Shares of the corpus, up to 1.")] = "1",
    steps: Annotated[
        str | None, typer.Option(metavar="N,N,N", help="Optimiser steps; default: those of the recipe.")
    ] = None,
    tasks: Annotated[
        list[str] | None,
        typer.Option("--tasks", metavar="TASK|SET|GLOB", help="Whose errors are followed, too; several times."),
    ] = None,
    seeds: Annotated[int, typer.Option(help="Pretraining seeds; three or more for intervals that mean something.")] = 3,
    grid: Annotated[
        bool, typer.Option("--grid", help="All combinations; else one factor at a time, the others at their largest.")
    ] = False,
    check: Annotated[
        str | None,
        typer.Option(
            metavar="width|data|steps", help="Also make the run that is ten times larger in this, and compare."
        ),
    ] = None,
    budget: Budget = "minute",
    device: Device = "auto",
    batch_size: BatchSize = 32,
    root: Root = None,
    executor: ExecutorName = "local",
    out: Out = None,
    formats: Formats = "svg",
    as_json: Json = False,
) -> None:
    """How do loss and scores grow with width, data and steps, and what should a ten times larger run give?

    Pretrains the runs (what is finished is used again, what was interrupted goes on), fits power laws with intervals
    over pretraining seeds, and with --check makes the larger run. Further options go to pretrain.

    Example: superb-lite analyze scaling text-bert --width 32,64,128 --steps 50,150,450 --check steps
    """
    from superb_lite import plugins
    from superb_lite.analysis.scaling.design import FACTORS, Design, check_levels, numbers
    from superb_lite.pretraining.arguments import named_encoder
    from superb_lite.pretraining.recipes import budget_dir, find_recipe

    spec = plugins.objective(objective)
    recipe = find_recipe(spec, budget)
    if check is not None and check not in FACTORS:
        raise SuperbLiteError(f"--check '{one_line(check, 40)}': width, data or steps")
    design = Design(
        widths=tuple(int(n) for n in numbers("width", width, whole=True)) if width else (),
        data=numbers("data", data, whole=False, most=1),
        steps=tuple(int(n) for n in numbers("steps", steps, whole=True)) if steps else (recipe.steps,),
        seeds=seeds,
        grid=grid,
        check=check,
    )
    check_levels([len(design.widths), len(design.data), len(design.steps)])
    if check is not None and check not in design.varying():
        raise SuperbLiteError(f"--check {check}: give --{check} at least three values, so that there is a law to check")
    check_names(tasks=tasks, device=device)
    select_tasks(tasks or (), spec.modality, objective)
    named_encoder(spec, context.args)
    check_root(root)
    check_executor(executor)
    output = Output.of("scaling", out, formats)

    from superb_lite.analysis.scaling.measured import Run, Runner, measure
    from superb_lite.analysis.scaling.section import section_of
    from superb_lite.cli.analyze._spread import silent, spread
    from superb_lite.cli.evaluation import (
        chosen_columns,
        evaluate_all,
        evaluate_stored,
        open_store,
        trainer_options,
    )
    from superb_lite.cli.options import EvaluationOptions
    from superb_lite.cli.progress import say
    from superb_lite.encoders.references import load_encoder
    from superb_lite.executors.distributed import Asked
    from superb_lite.executors.named import LOCAL, opened
    from superb_lite.imports import resolve
    from superb_lite.metrics import higher_is_better
    from superb_lite.pretraining.corpus import Corpus

    if not tasks and resolve(spec.data).held_out is Corpus.held_out:
        raise SuperbLiteError(f"the corpus of {objective} has no held-out part for a loss: name tasks with --tasks")
    arguments = [*trainer_options(device, executor=executor), *context.args]
    runner = Runner(objective, budget_dir(output.directory, budget) / "scaling-runs", budget, arguments)
    runner = runner.checked(design.all_sizes())  # before the first is pretrained
    columns = chosen_columns(tasks, spec.modality, objective, "frozen") if tasks else []
    store, options = open_store(output.directory), EvaluationOptions(device=device, batch_size=batch_size, root=root)

    def score(run: Run) -> dict[str, float]:
        if not columns:
            return {}
        name = f"{run.size.name}-seed-{run.seed}"
        found = evaluate_stored(name, load_encoder(run.checkpoint), columns, store, options)
        return {result.task: result.score for result in found}

    sizes = [(size, seed) for size in design.all_sizes() for seed in range(design.seeds)]
    calls = {
        f"{size.name}, seed {seed}": (silent(runner.run), {"size": size, "seed": seed, "say": say})
        for size, seed in sizes
    }
    spread(executor, calls, output.directory, device=device)
    if columns and executor != LOCAL:
        asked = [
            Asked(str(runner.path(size, seed)), f"{size.name}-seed-{seed}", lambda model: columns)
            for size, seed in sizes
        ]
        with opened(executor) as cluster:
            evaluate_all(asked, store, options, cluster)
    runs = measure(design, runner, score, say)
    section = section_of(
        objective,
        design,
        runs,
        lower_is_better={task.name: not higher_is_better(task.metrics) for task, _ in columns},
        command=command_line(context),
        settings={"budget": budget, "arguments": list(context.args), "grid": grid, "check": check},
    )
    output.finish(section, as_json=as_json)
