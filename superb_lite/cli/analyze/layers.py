"""`superb-lite analyze layers`."""

from __future__ import annotations

import functools
from typing import Annotated, Any

import typer

from superb_lite.cli.analyze._output import Formats, Out, Output
from superb_lite.cli.analyze._shared import Encoders, check_encoders, command_line
from superb_lite.cli.options import BatchSize, Device, ExecutorName, Json, Limit, Root, Seeds, TrustCode
from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite.executors.named import check_executor


def layers(
    context: typer.Context,
    encoders: Encoders,
    tasks: Annotated[
        list[str], typer.Option("--tasks", metavar="TASK|SET|GLOB", help="What layers are asked; several times.")
    ],
    order: Annotated[
        str | None,
        typer.Option(
            metavar="TASK,TASK,...", help="Tasks that are said to lie in ever higher layers: a claim that is tested."
        ),
    ] = None,
    seeds: Seeds = 3,
    limit: Limit = None,
    device: Device = "auto",
    batch_size: BatchSize = 32,
    root: Root = None,
    trust_code: TrustCode = False,
    executor: ExecutorName = "local",
    out: Out = None,
    formats: Formats = "svg",
    as_json: Json = False,
) -> None:
    """Which layer knows what? The score of each layer on each task, and the weights that a head gives the layers.

    Each is compared with the random twin of the same encoder: what was there before pretraining.

    Example: superb-lite analyze layers bert-0 bert-1 bert-2 --tasks clue-lite/pos --tasks clue-lite/sentiment
    """
    check_encoders(
        encoders,
        tasks=tasks,
        device=device,
        trust_code=trust_code,
        root=root,
        seeds=seeds,
        limit=limit,
        batch_size=batch_size,
    )
    check_executor(executor)
    output = Output.of("layers", out, formats)

    from superb_lite.cli.analyze._spread import silent, spread
    from superb_lite.cli.evaluation import chosen_columns, open_store
    from superb_lite.encoders.references import decide, load_encoder, modality_of

    found = [task for task, _ in chosen_columns(tasks, modality_of(decide(encoders[0])), encoders[0], "frozen")]
    names = [part.strip() for part in (order or "").split(",") if part.strip()]
    known = [name for task in found for name in (task.name, task.name.rpartition("/")[2])]
    for name in names:
        if name not in known:
            raise UnknownNameError("task of --order", name, known)
    if len(names) == 1:
        raise SuperbLiteError(f"--order '{names[0]}' names one task: give at least two, lower layers first")

    from superb_lite.analysis.kept import Kept
    from superb_lite.analysis.layers.measure import check_depths, check_tasks, probe
    from superb_lite.analysis.layers.on_task import OnTask
    from superb_lite.analysis.layers.section import make_section
    from superb_lite.analysis.pretraining_seeds import check_seeds
    from superb_lite.analysis.twins import random_twins
    from superb_lite.cli.progress import EvaluationProgress
    from superb_lite.paths import feature_dir

    check_tasks(found)
    models = {name: load_encoder(name, trust_code=trust_code) for name in encoders}
    check_seeds(models)
    pairs = list(models.items())
    drawn = [(f"random:{name}", twin) for name, twin in random_twins(models).items()]
    store, kept = open_store(output.directory), Kept(output.directory / "kept")
    common: dict[str, Any] = {
        "tasks": found,
        "results": store,
        "kept": kept,
        "device": device,
        "batch_size": batch_size,
        "seeds": seeds,
        "limit": limit,
        "root": root,
        "feature_dir": feature_dir(),
    }
    calls = {name: (silent(probe), {**common, "encoder": model, "name": name}) for name, model in [*pairs, *drawn]}
    spread(executor, calls, output.directory, device=device)
    probed = []
    with EvaluationProgress("layers", len(found) * (len(pairs) + len(drawn))) as progress:
        for name, model in [*pairs, *drawn]:
            mine = probe(
                model,
                name=name,
                progress=progress.start,
                finished=functools.partial(progress.finished, name=name),
                **common,
            )
            probed.append(mine)
            check_depths({other: of for (other, _), of in zip([*pairs, *drawn], probed, strict=False)})
    section = make_section(
        [
            OnTask(
                task.name,
                tuple(mine[task.name] for mine in probed[: len(pairs)]),
                tuple(mine[task.name] for mine in probed[len(pairs) :]),
            )
            for task in found
        ],
        command=command_line(context),
        encoders=encoders,
        settings={"tasks": [task.name for task in found], "evaluation seeds": seeds, "limit": limit},
        order=names,
        modality=pairs[0][1].modality or "",
    )
    output.finish(section, as_json=as_json)
