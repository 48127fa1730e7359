"""`superb-lite evaluate`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superb_lite.cli.names import check_names, shown_names
from superb_lite.cli.options import (
    BatchSize,
    Device,
    EncoderName,
    EvaluationOptions,
    ExecutorName,
    Json,
    Limit,
    Root,
    Seeds,
    Shown,
    TrustCode,
    check_out,
)
from superb_lite.errors import SuperbLiteError

if TYPE_CHECKING:
    from superb_lite.encoders.encoder import Encoder
    from superb_lite.evaluation.columns import Column


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
        str | None, typer.Option(help="frozen, finetune, lora, knn or incontext; default: each task's own.")
    ] = None,
    layers: Annotated[
        Layers, typer.Option(help="each: a score for every layer by itself (frozen only), and a picture of them.")
    ] = Layers.mix,
    seeds: Seeds = 5,
    limit: Limit = None,
    device: Device = "auto",
    batch_size: BatchSize = 32,
    root: Root = None,
    trust_code: TrustCode = False,
    executor: ExecutorName = "local",
    out: Annotated[
        Path | None, typer.Option(help="Write result files here: JSON, and the predictions as Parquet.")
    ] = None,
    shown: Shown = None,
    as_json: Json = False,
) -> None:
    """Evaluate an encoder on tasks, with 95% intervals. What was evaluated before is not computed again.

    Example: superb-lite evaluate raw:log-mel --tasks superb-lite/ks
    """
    if layers is Layers.each and protocol not in (None, "frozen"):
        raise SuperbLiteError(f"--layers each goes with protocol 'frozen' only, not with '{protocol}'")
    check_names(encoders=[encoder], protocol=protocol, device=device, tasks=tasks, trust_code=trust_code)
    (name,) = shown_names([encoder], shown)
    options = EvaluationOptions(
        seeds=seeds, device=device, batch_size=batch_size, limit=limit, root=root, executor=executor
    )
    if layers is Layers.each and executor != "local":
        raise SuperbLiteError("--layers each shows one encoder as it goes: `analyze layers` takes --executor")
    check_out(out)

    from superb_lite.cli.evaluation import chosen_columns, evaluate_all, open_store
    from superb_lite.cli.progress import report_timings, say, stdout
    from superb_lite.encoders.references import load_encoder
    from superb_lite.evaluation.timings import Timings
    from superb_lite.executors.distributed import Asked
    from superb_lite.executors.named import opened
    from superb_lite.paths import workspace
    from superb_lite.results.cost import Cost
    from superb_lite.results.files import write_results
    from superb_lite.results.tables import results_table

    model = load_encoder(encoder, trust_code=trust_code)
    columns = chosen_columns(tasks, model.modality, encoder, "frozen" if layers is Layers.each else protocol)
    if layers is Layers.each:
        _evaluate_layers(name, model, columns, options, out=out, as_json=as_json)
        return
    timings = Timings()
    asked = Asked(encoder, name, lambda _: columns, model)
    with opened(executor) as cluster:
        (results,) = evaluate_all(
            [asked], open_store(workspace()), options, cluster, trust_code=trust_code, timings=timings
        )
    report_timings(timings)
    if out is not None:
        for path in write_results(results, out):
            say(f"wrote {path} and {path.with_suffix('.parquet').name}")
    if as_json:
        print(json.dumps([result.summary() for result in results], indent=1, ensure_ascii=False))
    else:
        stdout().print(results_table(results))
        if (cost := Cost.overall([result.cost for result in results if result.cost is not None])) and cost.words():
            stdout().print(f"cost: {cost.words()}")


def _evaluate_layers(
    name: str,
    model: Encoder,
    columns: Sequence[Column],
    options: EvaluationOptions,
    *,
    out: Path | None,
    as_json: bool,
) -> None:
    """Evaluate every layer by itself, print the table and draw the picture."""
    from superb_lite.charts.figure import save_figure
    from superb_lite.charts.layers import layer_chart
    from superb_lite.cli.evaluation import evaluator
    from superb_lite.cli.progress import EvaluationProgress, say, stdout
    from superb_lite.paths import workspace
    from superb_lite.results.tables import results_table

    found = []
    with EvaluationProgress(name, len(columns)) as progress:
        measured = evaluator(model, options, name=name, progress=progress.start)
        for layer in measured.layers([task for task, _ in columns]):
            progress.finished(layer.result, last=layer.layer == layer.depth - 1)
            found.append(layer)
    picture = (out or workspace()) / "layers.svg"
    save_figure(layer_chart(found), picture)
    if as_json:
        rows = [{"layer": row.layer, **row.result.summary()} for row in found]
        print(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        stdout().print(results_table([row.result for row in found]))
    say(f"the picture: {picture}")
