"""`superb-lite sweep`: pretrain one objective with several values of an option, evaluate each, and compare them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from superb_lite.cli.names import check_names
from superb_lite.cli.options import BatchSize, Budget, Device, EvaluationOptions, ExecutorName, Objective, Root, Seeds
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.request import select_tasks

app = typer.Typer(rich_markup_mode=None)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def sweep(
    context: typer.Context,
    name: Objective,
    vary: Annotated[str, typer.Option(metavar="OPTION=VALUE,VALUE,...", help="An option of pretrain, and its values.")],
    tasks: Annotated[list[str], typer.Option("--tasks", metavar="TASK|SET|GLOB", help="May be given several times.")],
    out: Annotated[Path | None, typer.Option(help="Where checkpoints and results go.")] = None,
    budget: Budget = "minute",
    seeds: Seeds = 5,
    device: Device = "auto",
    batch_size: BatchSize = 32,
    root: Root = None,
    executor: ExecutorName = "local",
) -> None:
    """Pretrain with each value of an option, evaluate, and compare. Further options go to pretrain.

    Example: superb-lite sweep text-bert --vary second_task=none,nsp,sop --tasks clue-lite
    """
    from superb_lite import plugins
    from superb_lite.pretraining.arguments import named_encoder
    from superb_lite.pretraining.recipes import budget_dir, find_recipe

    spec = plugins.objective(name)
    find_recipe(spec, budget)
    check_names(tasks=tasks, device=device)
    select_tasks(tasks, spec.modality, name)
    options = EvaluationOptions(seeds=seeds, device=device, batch_size=batch_size, root=root, executor=executor)
    option, _, listed = vary.removeprefix("--").partition("=")
    values = [value for value in listed.split(",") if value]
    if not option or len(values) < 2 or len(values) != len(set(values)):
        raise SuperbLiteError(f"--vary '{vary}': write OPTION=VALUE,VALUE,... with different values")
    for value in values:
        named_encoder(spec, [f"--{option}", value, *context.args])

    from superb_lite.cli.compare import comparison_table
    from superb_lite.cli.evaluation import chosen_columns, evaluate_all, open_store, trainer_options
    from superb_lite.cli.pretraining import Run, pretrain_all
    from superb_lite.cli.progress import say, stdout
    from superb_lite.executors.distributed import Asked
    from superb_lite.executors.named import opened
    from superb_lite.paths import CONFIG, workspace
    from superb_lite.pretraining.run import check_arguments
    from superb_lite.results.comparison import LETTERS, compare
    from superb_lite.results.tables import results_table

    short = option.rpartition(".")[2]
    directory = out or budget_dir(workspace(), budget) / "sweeps" / name
    to_device = trainer_options(device, executor=executor)
    arguments = {value: [*to_device, f"--{option}", value, *context.args] for value in values}
    checkpoints = {value: directory / f"{short}-{value}" for value in values}
    for value in values:
        if not (checkpoints[value] / CONFIG).exists():
            check_arguments(name, arguments[value], budget=budget)  # all of them before the first one is pretrained
    store = open_store(directory)
    runs = [Run(name, f"{short}={value}", checkpoints[value], budget, arguments[value]) for value in values]

    def asked(run: Run) -> Asked:
        return Asked(str(run.out), run.label, lambda model: chosen_columns(tasks, model.modality, run.label, None))

    with opened(executor) as cluster:
        pretrain_all(runs, cluster)
        found = evaluate_all([asked(run) for run in runs], store, options, cluster)
    stdout().print(results_table([result for results in found for result in results]))
    names = dict(zip(LETTERS, (f"{short}={value}" for value in values), strict=False))
    stdout().print(comparison_table(names, compare(*found)))
    say("one checkpoint each: for a statement about the option, repeat with other values of --seed_everything")
