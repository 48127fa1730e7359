"""`superb-lite pretrain`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from superb_lite.cli.options import Budget, Objective
from superb_lite.errors import printable

app = typer.Typer(rich_markup_mode=None)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def pretrain(
    context: typer.Context,
    name: Objective,
    out: Annotated[Path | None, typer.Option(help="Where the checkpoint goes.")] = None,
    data: Annotated[Path | None, typer.Option(help="Your own text files, audio folder or image folder.")] = None,
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

    from lightning.fabric.utilities.rank_zero import rank_zero_only

    from superb_lite.pretraining.run import pretrain

    pretrain(
        name,
        directory,
        data=data,
        resume=resume,
        budget=budget,
        arguments=context.args,
        checkpoints=checkpoints,
    )
    if getattr(rank_zero_only, "rank", 0):  # of several processes one speaks
        return
    print(printable(str(directory)))
    say(f"evaluate it: superb-lite evaluate {directory} --tasks TASK   (superb-lite list tasks)")
