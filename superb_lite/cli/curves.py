"""What `superb-lite curves` does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.progress import Progress as RichProgress
from rich.table import Table
from rich.text import Text

from superb_lite import plugins
from superb_lite.charts.curves import curve_chart
from superb_lite.charts.figure import picture_format, save_figure
from superb_lite.cli.progress import counter, stderr, stdout
from superb_lite.encoders.checkpoint_config import CONFIG
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.learning_curves import Curve, Point, learning_curves
from superb_lite.evaluation.run import select_tasks
from superb_lite.features.store import Progress
from superb_lite.paths import workspace


def run_curves(
    encoders: Sequence[str],
    *,
    task: str,
    seeds: int,
    device: str,
    root: Path | None,
    trust_code: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Fine-tune, draw the curves and print where they end. A checkpoint by itself is joined by its random twin."""
    if seeds < 1:
        raise SuperbLiteError(f"--seeds {seeds}: at least 1 evaluation seed is needed")
    picture = out or workspace() / "curves.svg"
    picture_format(picture)  # before an hour of fine-tuning
    found = plugins.tasks(task)
    if len(found) != 1:
        raise SuperbLiteError(f"--task '{task}' stands for {len(found)} tasks: name one, such as '{found[0].name}'")
    names = list(dict.fromkeys(encoders))
    if len(names) == 1 and (Path(names[0]) / CONFIG).exists():
        names.append(f"random:{names[0]}")
    models = {name: load_encoder(name, trust_code=trust_code) for name in names}
    for name, model in models.items():
        select_tasks(found, model.modality, name)
    bars: list[RichProgress] = []

    def begin(name: str) -> Progress:
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
        curves = learning_curves(models, found[0], seeds=seeds, device=device, root=root, progress=begin)
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
