"""`superb-lite pretrain`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superb_lite.cli.options import Budget, Objective
from superb_lite.errors import SuperbLiteError, printable

if TYPE_CHECKING:
    from superb_lite.tasks.task import Task

app = typer.Typer(rich_markup_mode=None)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def pretrain(
    context: typer.Context,
    name: Objective,
    out: Annotated[Path | None, typer.Option(help="Where the checkpoint goes.")] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Your own text files, audio folder or image folder; or a stream, SCHEME:WHERE."),
    ] = None,
    budget: Budget = "minute",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the interrupted run in --out.")] = False,
    checkpoints: Annotated[
        str | None,
        typer.Option(
            metavar="log|N",
            help="Also keep the encoder at steps 0, 1, 2, 4, ... (log) or at every N-th, and at the last; OUT@STEP "
            "names it.",
        ),
    ] = None,
    probe: Annotated[
        list[str] | None,
        typer.Option(
            "--probe",
            metavar="TASK|SET|GLOB",
            help="Evaluate the frozen encoder on tasks while it trains, on validation; several times.",
        ),
    ] = None,
    every: Annotated[
        int | None,
        typer.Option(
            help="Steps between two probes; alone: label-free metrics (rank, uniformity, alignment, spread) only."
        ),
    ] = None,
    logger: Annotated[
        list[str] | None,
        typer.Option(
            metavar="tensorboard|wandb|mlflow|trackio", help="Where metrics go beside metrics.csv; several times."
        ),
    ] = None,
    backend: Annotated[
        str | None,
        typer.Option(
            "--compile", metavar="BACKEND", help="Send the encoder's networks through torch.compile: inductor."
        ),
    ] = None,
) -> None:
    """Pretrain an encoder. Further options go to LightningCLI (--trainer.*, --model.*, --data.*, --config FILE).

    The options of the model and of the data may be written without their prefix; --print_config shows all of them,
    with the values of the budget's recipe.

    Example: superb-lite pretrain text-bart --out my-bart --trainer.max_steps 2000 --corruption t5
    """
    from superb_lite import plugins
    from superb_lite.cli.progress import say
    from superb_lite.encoders.trajectory import Series
    from superb_lite.paths import workspace
    from superb_lite.pretraining.arguments import check_run, named_encoder
    from superb_lite.pretraining.recipes import budget_dir, find_recipe

    spec = plugins.objective(name)
    find_recipe(spec, budget)
    named_encoder(spec, context.args)
    directory = out or budget_dir(workspace(), budget) / "checkpoints" / name
    check_run(directory, data=data, resume=resume, arguments=context.args)
    if checkpoints is not None:
        Series.parse(checkpoints)
    if every is not None and every < 1:
        raise SuperbLiteError(f"--every {every}: at least 1 step lies between two probes")
    tasks = probed_tasks(probe or (), spec.modality, name)

    from lightning.fabric.utilities.rank_zero import rank_zero_only

    from superb_lite.analysis.online import OnlineProbe
    from superb_lite.pretraining.loggers import check_loggers
    from superb_lite.pretraining.run import pretrain

    check_loggers(logger or ())
    pretrain(
        name,
        directory,
        data=data,
        resume=resume,
        budget=budget,
        arguments=context.args,
        callbacks=[OnlineProbe(tasks, every=every)] if tasks or every is not None else [],
        checkpoints=checkpoints,
        loggers=logger or (),
        backend=backend,
    )
    if getattr(rank_zero_only, "rank", 0):  # of several processes one speaks
        return
    print(printable(str(directory)))
    say(f"evaluate it: superb-lite evaluate {directory} --tasks TASK   (superb-lite list tasks)")


def probed_tasks(patterns: Sequence[str], modality: str, objective: str) -> list[Task]:
    """The tasks that --probe names; those of a set that have another modality, or go with no frozen head, are left out.

    Raises `SuperbLiteError` for a name that is not known, and where nothing is left.
    """
    if not patterns:
        return []
    from superb_lite.cli.names import check_names
    from superb_lite.evaluation.columns import check_column, columns_of

    check_names(tasks=patterns)
    columns, _ = columns_of(list(patterns), modality, objective, "frozen")
    for task, protocol in columns:
        check_column(task, protocol)
    return [task for task, _ in columns]
