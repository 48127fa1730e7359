"""`superb-lite analyze transfer`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from superb_lite.cli.names import check_names, shown_names
from superb_lite.cli.options import BatchSize, Device, ExecutorName, Json, Root, Shown, TrustCode, check_out, check_root
from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.executors.named import check_executor

if TYPE_CHECKING:
    from rich.table import Table

    from superb_lite.analysis.transfer.report import Report


def transfer(
    texts: Annotated[
        list[str],
        typer.Argument(
            metavar="CKPT...", help="Encoders of texts that differ in their pretraining seed, or one hf:NAME."
        ),
    ],
    tasks: Annotated[
        list[str],
        typer.Option("--tasks", metavar="TASK|SET|GLOB", help="Of strings of symbols; may be given several times."),
    ],
    specific: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CKPT", help="Encoders that were pretrained on such strings, in the order of CKPT; several times."
        ),
    ] = None,
    mappings: Annotated[int, typer.Option(help="Of symbols to words, for each CKPT.")] = 1,
    protocol: Annotated[str, typer.Option(help="finetune or frozen.")] = "finetune",
    labels: Annotated[
        str | None,
        typer.Option(
            metavar="N|all",
            help="Labelled examples to train and validate on, per class where a task is classified; default: each "
            "task's own number.",
        ),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(help="Of fine-tuning; default: by the kind of encoder (6 to 10).")
    ] = None,
    device: Device = "auto",
    batch_size: BatchSize = 32,
    root: Root = None,
    trust_code: TrustCode = False,
    executor: ExecutorName = "local",
    out: Annotated[
        Path | None, typer.Option(help="Where results, tables and pictures go; default: transfer in the workspace.")
    ] = None,
    shown: Shown = None,
    as_json: Json = False,
) -> None:
    """Does pretraining on language help on DNA, proteins and music? Each symbol is written as a word drawn at random.

    Compares the encoder (BERT) with itself with token embeddings drawn anew (re-emb), with all weights drawn anew
    (rand), and with encoders pretrained on such strings (specific). What is finished is used again.

    On one core a cell (a row, a task, a checkpoint) of small encoders takes 4 s (9 letters, 100 labels) to 30 s (100
    letters, 300 labels): with three CKPT and one --specific for each, 12 cells, a task takes 1 to 6 minutes.

    Example: superb-lite analyze transfer bert-0 bert-1 bert-2 --specific dna-0 --tasks sequence-lite/splice-decoy
    """
    from superb_lite import plugins
    from superb_lite.paths import workspace

    specific = specific or []
    for name in texts + specific:
        if (texts + specific).count(name) > 1:
            raise SuperbLiteError(f"'{one_line(name)}' is given twice: give encoders that differ in their seed")
    check_names(encoders=texts, protocol=protocol, device=device, trust_code=trust_code)
    check_names(encoders=specific, tasks=tasks, trust_code=trust_code)
    names = shown_names([*texts, *specific], shown)
    check_root(root)
    check_out(out)
    check_executor(executor)
    directory = out or workspace() / "transfer"

    from superb_lite.analysis.transfer.design import Design, with_labels
    from superb_lite.analysis.transfer.report import make_report
    from superb_lite.analysis.transfer.run import run
    from superb_lite.cli.analyze._spread import silent, spread
    from superb_lite.cli.evaluation import open_store
    from superb_lite.cli.progress import EvaluationProgress, say
    from superb_lite.encoders.references import load_encoder

    found = {task.name: task for pattern in tasks for task in plugins.tasks(pattern)}
    models = [load_encoder(name, trust_code=trust_code) for name in (*texts, *specific)]
    named = list(zip(names, models, strict=True))
    design = Design(
        texts=dict(named[: len(texts)]),
        specific=dict(named[len(texts) :]),
        tasks=tuple(with_labels(task, labels) for task in found.values()),
        mappings=mappings,
        protocol=protocol,
        epochs=epochs,
    )
    common: dict[str, Any] = {
        "design": design,
        "results": open_store(directory),
        "batch_size": batch_size,
        "root": root,
    }
    cells = {
        f"{cell.row} {cell.task.name} {cell.checkpoint + 1} mapping {cell.seed}": (
            silent(run),
            {**common, "device": device, "only": [number]},
        )
        for number, cell in enumerate(design.cells())
    }
    spread(executor, cells, directory, device=device)
    measured = []
    with EvaluationProgress("cells", len(list(design.cells()))) as progress:
        for each in run(**common, device=device, progress=progress.start):
            progress.finished(each.result, name=each.result.encoder)
            measured.append(each)
    report = make_report(design, measured)
    written = _write(report, directory)
    if as_json:
        print(json.dumps(report.to_dict(), indent=1, ensure_ascii=False))
    else:
        _print(report)
    for path in written:
        say(f"  {path}")


def _write(report: Report, directory: Path) -> list[Path]:
    """The files of a report."""
    from superb_lite.analysis.transfer.text import markdown, to_csv
    from superb_lite.charts.figure import save_figure
    from superb_lite.cli.analyze._transfer_pictures import differences_picture, losses_picture
    from superb_lite.paths import write_text

    texts = {
        "transfer.json": json.dumps(report.to_dict(), indent=1, ensure_ascii=False) + "\n",
        "transfer.md": markdown(report),
        "transfer.csv": to_csv(report),
    }
    for name, text in texts.items():
        write_text(directory / name, text)
    pictures = {"transfer.svg": differences_picture(report)}
    if report.curves:
        pictures["losses.svg"] = losses_picture(report)
    for name, figure in pictures.items():
        save_figure(figure, directory / name)
    return [directory / name for name in (*texts, *pictures)]


def _print(report: Report) -> None:
    """The tables of a report."""
    from rich.text import Text

    from superb_lite.analysis.transfer import text
    from superb_lite.analysis.transfer.published import SOURCE
    from superb_lite.cli.progress import stdout

    console = stdout()
    for title, rows in (
        ("scores, percent", text.scores_by_task(report)),
        ("paired differences, points", text.differences(report)),
        ("training: mean loss, and after what share of the updates it is where rand ends", text.speed(report)),
        ("training: paired differences", text.faster(report)),
        (f"published ({SOURCE})", text.published()),
    ):
        if rows:
            console.print(Text(title, style="bold"))
            console.print(_table(rows))
    for line in text.notes(report):
        console.print(Text(line, style="dim"))


def _table(rows: Sequence[Sequence[str]]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, title in enumerate(rows[0]):
        table.add_column(title, justify="left" if number == 0 else "right")
    for row in rows[1:]:
        table.add_row(*row)
    return table
