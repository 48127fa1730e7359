"""The commands of `superb-lite`: names, options and help texts. The work is done elsewhere and imported late."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="superb-lite",
    help="Pretrain, evaluate and rank self-supervised encoders of text, speech and images, offline, with error bars. "
    "Start with: superb-lite run",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
leaderboard_app = typer.Typer(help="Show the local leaderboard, or write it as a page.", no_args_is_help=True)
app.add_typer(leaderboard_app, name="leaderboard")
cache_app = typer.Typer(help="Free the disk space of what can be made again.", no_args_is_help=True)
app.add_typer(cache_app, name="cache")

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Root = Annotated[Path | None, typer.Option(help="A directory of official releases, where a set reads them.")]
TrustCode = Annotated[
    bool, typer.Option("--trust-code", help="Let py:MODULE:FACTORY, and a model of hf:, run code of their own.")
]
BoardUrl = Annotated[
    str | None,
    typer.Option("--board", metavar="URL", help="SQLAlchemy URL of the board; default: board.sqlite in the workspace."),
]


class Kind(StrEnum):
    """What `list` lists."""

    modalities = "modalities"
    objectives = "objectives"
    encoders = "encoders"
    tasks = "tasks"
    tasksets = "tasksets"


class Format(StrEnum):
    """How `table` prints."""

    table = "table"
    json = "json"
    csv = "csv"
    markdown = "markdown"
    latex = "latex"


class Layers(StrEnum):
    """What a head reads."""

    mix = "mix"
    each = "each"


@app.command("list")
def list_(kind: Annotated[Kind, typer.Argument(help="What to list.")], as_json: Json = False) -> None:
    """List what is installed, plugins included.

    Example: superb-lite list tasks
    """
    from superb_lite.cli.listing import show

    show(kind.value, as_json=as_json)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def pretrain(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="An objective: superb-lite list objectives")],
    out: Annotated[Path | None, typer.Option(help="Where the checkpoint goes.")] = None,
    data: Annotated[Path | None, typer.Option(help="Your own text files, audio folder or image folder.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the interrupted run in --out.")] = False,
) -> None:
    """Pretrain an encoder. Further options go to LightningCLI (--trainer.*, --model.*, --data.*, --config FILE).

    The options of the model and of the data may be written without their prefix.

    Example: superb-lite pretrain text-bart --out my-bart --trainer.max_steps 2000 --corruption t5
    """
    from superb_lite.cli.commands import run_pretrain

    run_pretrain(name, out=out, data=data, resume=resume, arguments=context.args)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def sweep(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="An objective: superb-lite list objectives")],
    vary: Annotated[str, typer.Option(metavar="OPTION=VALUE,VALUE,...", help="An option of pretrain, and its values.")],
    tasks: Annotated[list[str], typer.Option("--tasks", metavar="TASK|SET|GLOB", help="May be given several times.")],
    out: Annotated[Path | None, typer.Option(help="Where checkpoints and results go.")] = None,
    seeds: Annotated[int, typer.Option(help="Evaluation seeds, at least 3 for honest intervals.")] = 5,
    root: Root = None,
) -> None:
    """Pretrain with each value of an option, evaluate, and compare. Further options go to pretrain.

    Example: superb-lite sweep text-bert --vary second_task=none,nsp,sop --tasks clue-lite
    """
    from superb_lite.cli.sweep import run_sweep

    run_sweep(name, vary=vary, tasks=tasks, out=out, seeds=seeds, root=root, arguments=context.args)


@app.command()
def generate(
    encoder: Annotated[str, typer.Argument(help="A language model: a checkpoint of text-gpt, ...")],
    prompt: Annotated[str, typer.Option(help="What the text begins with; may be empty.")] = "",
    tokens: Annotated[int, typer.Option(help="How many tokens to write at most.")] = 60,
    temperature: Annotated[float, typer.Option(help="0: always the likeliest token.")] = 1.0,
    top_k: Annotated[int | None, typer.Option("--top-k", help="Draw from so many likeliest tokens.")] = None,
    top_p: Annotated[float, typer.Option("--top-p", help="Draw from the likeliest that are so probable.")] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed writes the same text.")] = 0,
    trust_code: TrustCode = False,
) -> None:
    """Let a language model go on with a text.

    Example: superb-lite generate superb-lite-out/checkpoints/text-gpt --prompt "The farmer" --top-p 0.9
    """
    from superb_lite.cli.commands import run_generate

    run_generate(
        encoder,
        prompt,
        trust_code=trust_code,
        tokens=tokens,
        temperature=temperature,
        top_k=top_k,
        top_p=top_p,
        seed=seed,
    )


@app.command()
def convert(
    encoder: Annotated[str, typer.Argument(help="A checkpoint.")],
    to: Annotated[str, typer.Option(help="The library that is to load it, such as transformers.")],
    out: Annotated[Path, typer.Option(help="An empty or new directory.")],
) -> None:
    """Write a checkpoint so that another library loads it.

    Example: superb-lite convert my-bert --to transformers --out my-bert-hf
    """
    from superb_lite.cli.commands import run_convert

    run_convert(encoder, to=to, out=out)


@app.command()
def evaluate(
    encoder: Annotated[str, typer.Argument(help="A checkpoint, random:NAME, raw:NAME, hf:NAME_OR_PATH, ...")],
    tasks: Annotated[
        list[str] | None,
        typer.Option(
            "--tasks",
            metavar="TASK|SET|GLOB|SCHEME:PATH",
            help="May be given several times; tsv:FILE, audio:DIR and folder:DIR are your own data; default: all tasks "
            "of the encoder's modality with embedded data.",
        ),
    ] = None,
    protocol: Annotated[
        str | None, typer.Option(help="frozen, finetune, knn or incontext; default: each task's own.")
    ] = None,
    layers: Annotated[
        Layers, typer.Option(help="each: a score for every layer by itself (frozen only), and a picture of them.")
    ] = Layers.mix,
    seeds: Annotated[int, typer.Option(help="Evaluation seeds, at least 3 for honest intervals.")] = 5,
    limit: Annotated[int | None, typer.Option(help="Use only so many test examples (never ranked).")] = None,
    device: Annotated[str, typer.Option(help="Where the encoder runs.")] = "cpu",
    root: Root = None,
    trust_code: TrustCode = False,
    out: Annotated[
        Path | None, typer.Option(help="Write result files here: JSON, and the predictions as Parquet.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Evaluate an encoder on tasks, with 95% intervals. What was evaluated before is not computed again.

    Example: superb-lite evaluate raw:log-mel --tasks superb-lite/ks
    """
    from superb_lite.cli.commands import run_evaluate

    run_evaluate(
        encoder,
        tasks=tasks,
        protocol=protocol,
        each_layer=layers is Layers.each,
        seeds=seeds,
        limit=limit,
        device=device,
        root=root,
        trust_code=trust_code,
        out=out,
        as_json=as_json,
    )


@app.command()
def features(
    encoder: Annotated[str, typer.Argument(help="A checkpoint, random:NAME, raw:NAME, hf:NAME_OR_PATH, ...")],
    items: Annotated[
        str, typer.Option("--items", metavar="TASK|PATH", help="A task, or your own text file, audio or image folder.")
    ],
    out: Annotated[Path, typer.Option(help="Write the arrays here: one .npy file a layer, and index.json.")],
    positions: Annotated[
        bool, typer.Option("--positions", help="Every position with its span instead of one mean vector an item.")
    ] = False,
    device: Annotated[str, typer.Option(help="Where the encoder runs.")] = "cpu",
    trust_code: TrustCode = False,
) -> None:
    """Write the features of any items as plain arrays.

    Example: superb-lite features raw:pixels --items vision-lite/mnist-5 --out pixels
    """
    from superb_lite.cli.features import run_features

    run_features(encoder, items=items, out=out, positions=positions, device=device, trust_code=trust_code)


@app.command()
def verify(
    results: Annotated[list[Path], typer.Argument(help="Result files (JSON) with their predictions beside them.")],
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Compute the scores of result files again, from their predictions and the tasks' data.

    Example: superb-lite verify my-results/*.json
    """
    from superb_lite.cli.results import run_verify

    run_verify(results, root=root, as_json=as_json)


@app.command()
def table(
    results: Annotated[list[Path], typer.Argument(help="Result files (JSON).")],
    form: Annotated[
        Format, typer.Option("--format", help="markdown and latex in percent; json and csv as fractions.")
    ] = Format.table,
) -> None:
    """Print result files as one table, a column for each encoder.

    Example: superb-lite table superb-lite-out/results/*.json --format latex
    """
    from superb_lite.cli.results import run_table

    run_table(results, form=form.value)


@app.command()
def chart(
    results: Annotated[list[Path], typer.Argument(help="Result files (JSON) of one task set.")],
    out: Annotated[Path, typer.Option(help="Write the picture here: .svg, .pdf or .png.")],
) -> None:
    """Draw result files beside the ceilings of their tasks: a group a task, every score as a share of its ceiling.

    Example: superb-lite chart superb-lite-out/results/*.clue-lite.json --out chart.svg
    """
    from superb_lite.cli.results import run_chart

    run_chart(results, out=out)


@app.command()
def curves(
    encoders: Annotated[
        list[str], typer.Argument(help="A checkpoint, which its random twin joins, or several encoders.")
    ],
    task: Annotated[str, typer.Option("--task", metavar="TASK|SCHEME:PATH", help="What they are fine-tuned on.")],
    seeds: Annotated[int, typer.Option(help="Evaluation seeds, at least 3 for honest intervals.")] = 5,
    device: Annotated[str, typer.Option(help="Where the encoders are trained.")] = "cpu",
    root: Root = None,
    trust_code: TrustCode = False,
    out: Annotated[
        Path | None,
        typer.Option(help="The picture (.svg, .pdf or .png); default: curves.svg in the workspace."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Draw how fine-tuning goes beside training from scratch: training loss and validation score by epoch.

    Example: superb-lite curves my-bert --task clue-lite/pos --out curves.svg
    """
    from superb_lite.cli.curves import run_curves

    run_curves(
        encoders, task=task, seeds=seeds, device=device, root=root, trust_code=trust_code, out=out, as_json=as_json
    )


@app.command()
def compare(
    encoders: Annotated[list[str], typer.Argument(help="Two or more encoders, result files or directories of them.")],
    tasks: Annotated[
        list[str] | None,
        typer.Option(
            "--tasks",
            metavar="TASK|SET|GLOB",
            help="May be given several times; default: those of the result files, else all of the modality with "
            "embedded data.",
        ),
    ] = None,
    protocol: Annotated[str | None, typer.Option(help="frozen or finetune; default: each task's own.")] = None,
    seeds: Annotated[int, typer.Option(help="Evaluation seeds, at least 3 for honest intervals.")] = 5,
    root: Root = None,
    trust_code: TrustCode = False,
    as_json: Json = False,
) -> None:
    """Compare encoders pairwise on the tasks they share: differences with 95% intervals, and who is better.

    Example: superb-lite compare raw:characters random:text-bert --tasks clue-lite/pos
    """
    from superb_lite.cli.compare import run_compare

    run_compare(
        encoders, tasks=tasks, protocol=protocol, seeds=seeds, root=root, trust_code=trust_code, as_json=as_json
    )


@app.command()
def submit(
    encoders: Annotated[list[str], typer.Argument(help="At most one encoder a modality.")],
    name: Annotated[str, typer.Option("--name", help="The name of the entry.")],
    board: BoardUrl = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the entry of that name.")] = False,
    root: Root = None,
    trust_code: TrustCode = False,
) -> None:
    """Evaluate encoders on the tasks of the board and store them as one entry.

    Example: superb-lite submit my-bert raw:log-mel --name "My BERT"
    """
    from superb_lite.cli.commands import run_submit

    run_submit(encoders, name=name, board=board, replace=replace, root=root, trust_code=trust_code)


@leaderboard_app.command("show")
def leaderboard_show(board: BoardUrl = None, as_json: Json = False) -> None:
    """Print the ranking.

    Example: superb-lite leaderboard show --json
    """
    from superb_lite.cli.commands import run_leaderboard_show

    run_leaderboard_show(board=board, as_json=as_json)


@leaderboard_app.command("export")
def leaderboard_export(
    directory: Annotated[Path, typer.Argument(help="index.html is written here.")], board: BoardUrl = None
) -> None:
    """Write the leaderboard as a page that opens from disk.

    Example: superb-lite leaderboard export site
    """
    from superb_lite.cli.commands import run_leaderboard_export

    run_leaderboard_export(directory, board=board)


@app.command()
def calibrate(
    tasks: Annotated[list[str], typer.Argument(help="Task sets, tasks or patterns: superb-lite list tasks")],
    out: Annotated[
        Path | None,
        typer.Option(help="Write the calibration file here, keeping what it says of other tasks; default: print it."),
    ] = None,
) -> None:
    """Measure the floor and the ceiling of tasks (minutes to hours).

    Example: superb-lite calibrate clue-lite --out calibration.json
    """
    from superb_lite.cli.commands import run_calibrate

    run_calibrate(tasks, out=out)


@app.command()
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
    root: Root = None,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick", help="A smoke run: one task a modality, on a board of its own (superb-lite-out/quick)."
        ),
    ] = False,
) -> None:
    """Pretrain encoders, evaluate them, their random twins and the trivial baselines, and rank them.

    One encoder a modality; with --modality all that it has.

    Example: superb-lite run --modality speech --tasks superb-lite
    """
    from superb_lite.cli.run import run_all

    run_all(board=board, out=out, modalities=modality, tasks=tasks, root=root, quick=quick)


@app.command()
def doctor(
    data: Annotated[bool, typer.Option("--data", help="Also load the data of every task (minutes at first).")] = False,
    root: Annotated[Path | None, typer.Option(help="A directory of official releases, with --data.")] = None,
    as_json: Json = False,
) -> None:
    """Look at versions, devices, plugins, caches and data sets, and say what to do about what is missing.

    Example: superb-lite doctor
    """
    from superb_lite.cli.doctor import run_doctor

    run_doctor(data=data, root=root, as_json=as_json)


@cache_app.command("clear")
def cache_clear(
    features: Annotated[bool, typer.Option("--features", help="Only the features of encoders.")] = False,
    data: Annotated[bool, typer.Option("--data", help="Only synthesised speech.")] = False,
) -> None:
    """Delete cached features and data, and say how much space that freed. Results and checkpoints stay.

    Example: superb-lite cache clear --features
    """
    from superb_lite.cli.doctor import run_cache_clear

    run_cache_clear(features=features, data=data)
