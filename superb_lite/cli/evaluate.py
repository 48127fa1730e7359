"""`superb-lite evaluate`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superb_lite.cli.options import Device, EncoderName, Json, Root, Seeds, TrustCode
from superb_lite.errors import SuperbLiteError

if TYPE_CHECKING:
    from superb_lite.encoders.encoder import Encoder
    from superb_lite.tasks.task import Task


class Layers(StrEnum):
    """What a head reads."""

    mix = "mix"
    each = "each"


def evaluate(
    encoder: EncoderName,
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
    seeds: Seeds = 5,
    limit: Annotated[int | None, typer.Option(help="Use only so many test examples (never ranked).")] = None,
    device: Device = "cpu",
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
    if layers is Layers.each and protocol not in (None, "frozen"):
        raise SuperbLiteError(f"--layers each goes with protocol 'frozen' only, not with '{protocol}'")

    from superb_lite import plugins

    wanted = [task for pattern in tasks for task in plugins.tasks(pattern)] if tasks else None

    from superb_lite.cli.evaluation import check_protocol, evaluate_stored, open_store
    from superb_lite.cli.progress import report_timings, stderr, stdout
    from superb_lite.encoders.references import load_encoder
    from superb_lite.evaluation.columns import columns_of, default_columns
    from superb_lite.evaluation.run import Timings
    from superb_lite.paths import workspace
    from superb_lite.results.files import write_results
    from superb_lite.results.tables import results_table

    check_protocol(protocol)
    model = load_encoder(encoder, trust_code=trust_code)
    asked = "frozen" if layers is Layers.each else protocol
    if wanted is None:
        if model.modality is None:
            raise SuperbLiteError(f"'{encoder}' takes items of any modality: say which with --tasks")
        columns, left_out = default_columns(model.modality, asked)
    else:
        columns, left_out = columns_of(list(tasks or ()), model.modality, encoder, asked)
    if left_out:
        stderr.print(f"left out, since '{asked}' does not go with their forms: {', '.join(left_out)}")
    if layers is Layers.each:
        chosen = [task for task, _ in columns]
        _evaluate_layers(
            encoder, model, chosen, seeds=seeds, limit=limit, device=device, root=root, out=out, as_json=as_json
        )
        return
    timings = Timings()
    results = evaluate_stored(
        encoder,
        model,
        columns,
        open_store(workspace()),
        seeds=seeds,
        limit=limit,
        device=device,
        root=root,
        timings=timings,
    )
    report_timings(timings)
    if out is not None:
        for path in write_results(results, out):
            stderr.print(f"wrote {path} and {path.with_suffix('.parquet').name}")
    if as_json:
        print(json.dumps([result.summary() for result in results], indent=1, ensure_ascii=False))
    else:
        stdout().print(results_table(results))


def _evaluate_layers(
    encoder: str,
    model: Encoder,
    tasks: Sequence[Task],
    *,
    seeds: int,
    limit: int | None,
    device: str,
    root: Path | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Evaluate every layer by itself, print the table and draw the picture."""
    from superb_lite.charts.figure import save_figure
    from superb_lite.charts.layers import layer_chart
    from superb_lite.cli.progress import EvaluationProgress, stderr, stdout
    from superb_lite.evaluation.run import Evaluator
    from superb_lite.paths import feature_dir, workspace
    from superb_lite.results.tables import results_table

    found = []
    with EvaluationProgress(encoder, len(tasks)) as progress:
        evaluator = Evaluator(
            model,
            reference=encoder,
            seeds=seeds,
            limit=limit,
            device=device,
            root=root,
            feature_dir=feature_dir(),
            progress=progress.start,
        )
        for layer in evaluator.layers(tasks):
            progress.finished(layer.result, last=layer.layer == layer.depth - 1)
            found.append(layer)
    picture = (out or workspace()) / "layers.svg"
    save_figure(layer_chart(found), picture)
    if as_json:
        rows = [{"layer": row.layer, **row.result.summary()} for row in found]
        print(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        stdout().print(results_table([row.result for row in found]))
    stderr.print(f"the picture: {picture}")
