"""`superb-lite curves`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superb_lite.cli.names import check_names, shown_names
from superb_lite.cli.options import BatchSize, Device, EvaluationOptions, Json, Root, Seeds, Shown, TrustCode
from superb_lite.errors import SuperbLiteError, counted, one_line

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.table import Table

    from superb_lite.evaluation.learning_curves import Curve, Point
    from superb_lite.features.store import Progress


def curves(
    encoders: Annotated[
        list[str], typer.Argument(help="A checkpoint, which its random twin joins, or several encoders.")
    ],
    task: Annotated[str, typer.Option("--task", metavar="TASK|SCHEME:PATH", help="What they are fine-tuned on.")],
    seeds: Seeds = 5,
    device: Device = "auto",
    batch_size: BatchSize = 32,
    root: Root = None,
    trust_code: TrustCode = False,
    out: Annotated[
        Path | None, typer.Option(help="The picture (.svg, .pdf or .png); default: curves.svg in the workspace.")
    ] = None,
    shown: Shown = None,
    as_json: Json = False,
) -> None:
    """Draw how fine-tuning goes beside training from scratch: training loss and validation score by epoch.

    Example: superb-lite curves my-bert --task clue-lite/pos --out curves.svg
    """
    from superb_lite import plugins
    from superb_lite.charts.figure import picture_format
    from superb_lite.encoders.references import decide
    from superb_lite.encoders.trajectory import expanded
    from superb_lite.paths import workspace

    references = list(dict.fromkeys(expanded(encoders)))
    check_names(encoders=references, tasks=[task], device=device, trust_code=trust_code)
    names = shown_names(references, shown)
    options = EvaluationOptions(seeds=seeds, device=device, batch_size=batch_size, root=root)
    picture = out or workspace() / "curves.svg"
    picture_format(picture)  # before an hour of fine-tuning
    found = plugins.tasks(task)
    if len(found) != 1:
        raise SuperbLiteError(f"--task '{task}' stands for {len(found)} tasks: name one, such as '{found[0].name}'")
    if len(references) == 1 and (found_checkpoint := decide(references[0])).kind == "checkpoint":
        # Its directory, where a name stands for it: random:NAME is another size of the architecture, perhaps.
        directory = references[0] if "/" in references[0] else found_checkpoint.argument
        references.append(f"random:{directory}")
        names.append(f"random:{names[0] if shown else directory}")

    from superb_lite.charts.curves import curve_chart
    from superb_lite.charts.figure import save_figure
    from superb_lite.cli.evaluation import evaluator
    from superb_lite.cli.progress import counter, say, stdout
    from superb_lite.encoders.references import load_encoder
    from superb_lite.evaluation.request import select_tasks

    models = [load_encoder(reference, trust_code=trust_code) for reference in references]
    for reference, model in zip(references, models, strict=True):
        select_tasks(found, model.modality, reference)
    bars: list[RichProgress] = []

    def begin(name: str, *column: object) -> Progress:
        bar, progress = counter(f"{name}: seeds")
        bar.start()
        bars.append(bar)

        def report(done: int, total: int) -> None:
            progress(done, total)
            if done == total:
                bar.stop()
                say(f"  {name}: {counted(total, 'seed')} fine-tuned")

        return report

    try:
        curves = [
            evaluator(model, options, name=name, progress=partial(begin, name)).learning_curve(found[0])
            for name, model in zip(names, models, strict=True)
        ]
    finally:
        for bar in bars:
            bar.stop()
    save_figure(curve_chart(curves), picture)
    if as_json:
        rows = [curve.to_dict() for curve in curves]
        print(json.dumps({"task": found[0].name, "curves": rows}, indent=1, ensure_ascii=False))
    else:
        stdout().print(_table(curves))
    say(f"the picture: {picture}")


def _table(curves: Sequence[Curve]) -> Table:
    """Where each curve ends."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("encoder")
    for column in ("updates", "training loss", "validation score"):
        table.add_column(column, justify="right", no_wrap=True)
    for curve in curves:
        loss, score = curve.loss[-1], curve.score[-1]
        known = len(curve.epochs) > 1  # one seed has no interval
        cells = f"{loss.step:.0f}", _cell(loss, 1.0, 3, interval=known), _cell(score, 100.0, 1, interval=known)
        table.add_row(Text(one_line(curve.encoder)), *cells)
    return table


def _cell(point: Point, factor: float, digits: int, *, interval: bool) -> str:
    value, lo, hi = (f"{factor * x:.{digits}f}" for x in (point.value, *point.ci))
    return f"{value} [{lo}, {hi}]" if interval else value
