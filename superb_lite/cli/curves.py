"""`superb-lite curves`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superb_lite.cli.options import Json, Root, Seeds, TrustCode
from superb_lite.errors import SuperbLiteError

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
    device: Annotated[str, typer.Option(help="Where the encoders are trained.")] = "cpu",
    root: Root = None,
    trust_code: TrustCode = False,
    out: Annotated[
        Path | None, typer.Option(help="The picture (.svg, .pdf or .png); default: curves.svg in the workspace.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Draw how fine-tuning goes beside training from scratch: training loss and validation score by epoch.

    Example: superb-lite curves my-bert --task clue-lite/pos --out curves.svg
    """
    if seeds < 1:
        raise SuperbLiteError(f"--seeds {seeds}: at least 1 evaluation seed is needed")

    from superb_lite import plugins
    from superb_lite.charts.figure import picture_format
    from superb_lite.paths import workspace

    picture = out or workspace() / "curves.svg"
    picture_format(picture)  # before an hour of fine-tuning
    found = plugins.tasks(task)
    if len(found) != 1:
        raise SuperbLiteError(f"--task '{task}' stands for {len(found)} tasks: name one, such as '{found[0].name}'")

    from superb_lite.charts.curves import curve_chart
    from superb_lite.charts.figure import save_figure
    from superb_lite.cli.progress import counter, stderr, stdout
    from superb_lite.encoders.checkpoint_config import CONFIG
    from superb_lite.encoders.references import load_encoder
    from superb_lite.evaluation.columns import select_tasks
    from superb_lite.evaluation.run import Evaluator

    names = list(dict.fromkeys(encoders))
    if len(names) == 1 and (Path(names[0]) / CONFIG).exists():
        names.append(f"random:{names[0]}")
    models = {name: load_encoder(name, trust_code=trust_code) for name in names}
    for name, model in models.items():
        select_tasks(found, model.modality, name)
    bars: list[RichProgress] = []

    def begin(name: str, *column: object) -> Progress:
        bar, progress = counter(f"{name}: seeds")
        bar.start()
        bars.append(bar)

        def report(done: int, total: int) -> None:
            progress(done, total)
            if done == total:
                bar.stop()
                stderr.print(f"  {name}: {total} seeds fine-tuned")

        return report

    try:
        curves = [
            Evaluator(
                model,
                reference=name,
                seeds=seeds,
                device=device,
                root=root,
                progress=partial(begin, name),
            ).learning_curve(found[0])
            for name, model in models.items()
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
    stderr.print(f"the picture: {picture}")


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
        cells = f"{loss.step:.0f}", _with_interval(loss, 1.0, 3), _with_interval(score, 100.0, 1)
        table.add_row(Text(curve.encoder), *cells)
    return table


def _with_interval(point: Point, factor: float, digits: int) -> str:
    value, lo, hi = (f"{factor * x:.{digits}f}" for x in (point.value, *point.ci))
    return f"{value} [{lo}, {hi}]"
