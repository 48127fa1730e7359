"""What the commands that evaluate have in common. Heavy: commands import it when all names are known to be right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from superb_lite.cli.options import EvaluationOptions
from superb_lite.cli.progress import EvaluationProgress, say
from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError, counted, note
from superb_lite.evaluation.columns import Column, columns_of, default_columns
from superb_lite.evaluation.devices import AUTO, device_named
from superb_lite.evaluation.run import Evaluator, TaskProgress
from superb_lite.evaluation.timings import Timings
from superb_lite.executors.base import Executor
from superb_lite.executors.distributed import Asked, Settings, evaluate_on
from superb_lite.executors.named import LOCAL
from superb_lite.paths import feature_dir
from superb_lite.results.result import Result
from superb_lite.results.store import ResultStore


def open_store(directory: Path) -> ResultStore:
    """The finished results in a workspace."""
    return ResultStore(directory / "results", report=say)


def trainer_options(device: str, *, executor: str = LOCAL) -> list[str]:
    """The options of pretraining that put it on the device that encoders are evaluated on.

    None where that is the CPU because there is nothing else: then it is what pretraining takes anyway. On an executor a
    worker sees what it was given; what this machine has says nothing.
    """
    if executor != LOCAL:
        return [] if device == AUTO else ["--trainer.accelerator", device.partition(":")[0]]
    found = device_named(device)
    if found.type == "cpu":
        return ["--trainer.accelerator", "cpu"] if device == "cpu" else []
    number = [] if found.index is None else ["--trainer.devices", f"[{found.index}]"]
    return ["--trainer.accelerator", found.type, *number]


def chosen_columns(
    tasks: Sequence[str] | None, modality: str | None, encoder: str, protocol: str | None
) -> list[Column]:
    """The columns of tasks, of all embedded tasks of the modality without any; says what is left out."""
    if tasks:
        columns, left_out = columns_of(list(tasks), modality, encoder, protocol)
    elif modality is None:
        raise SuperbLiteError(f"'{encoder}' takes items of any modality: say which with --tasks")
    else:
        columns, left_out = default_columns(modality, protocol)
    if left_out:
        why = (
            f"'{protocol}' does not go with their forms"
            if protocol
            else "they need a language model: name them in full"
        )
        note(f"left out, since {why}: {', '.join(left_out)}")
    return columns


def evaluator(
    model: Encoder,
    options: EvaluationOptions,
    *,
    name: str,
    progress: TaskProgress,
    results: ResultStore | None = None,
    timings: Timings | None = None,
) -> Evaluator:
    """The evaluator that a command's options describe. name: what results and messages call the encoder."""
    return Evaluator(
        model,
        reference=name,
        device=options.device,
        batch_size=options.batch_size,
        seeds=options.seeds,
        limit=options.limit,
        root=options.root,
        results=results,
        feature_dir=feature_dir(),
        progress=progress,
        timings=timings,
    )


def evaluate_stored(
    name: str,
    model: Encoder,
    columns: Sequence[Column],
    store: ResultStore,
    options: EvaluationOptions,
    *,
    timings: Timings | None = None,
) -> list[Result]:
    """The results of one encoder, each taken from the store where it is there already, under a progress bar.

    name: what results and messages call the encoder. timings: where the seconds of each phase are added up.
    """
    results = []
    with EvaluationProgress(name, len(columns)) as progress:
        measured = evaluator(model, options, name=name, progress=progress.start, results=store, timings=timings)
        for result in measured.evaluate(columns):
            progress.finished(result)
            results.append(result)
    return results


def evaluate_all(
    asked: Sequence[Asked],
    store: ResultStore,
    options: EvaluationOptions,
    executor: Executor | None,
    *,
    trust_code: bool = False,
    timings: Timings | None = None,
) -> list[list[Result]]:
    """The results of several encoders, in the order of their columns, each taken from the store where it is there.

    executor: where they are computed; None: here, one encoder after the other. timings: where the seconds of each phase
    are added up, over all workers.
    """
    if executor is None:
        found = []
        for each in asked:
            model = each.model or load_encoder(each.reference, trust_code=trust_code)
            columns = each.columns(model)
            if len(asked) > 1:
                say(each.name)
            found.append(evaluate_stored(each.name, model, columns, store, options, timings=timings))
        return found
    settings = Settings(
        device=options.device,
        batch_size=options.batch_size,
        seeds=options.seeds,
        limit=options.limit,
        root=options.root,
        trust_code=trust_code,
        feature_dir=feature_dir(),
    )
    title = asked[0].name if len(asked) == 1 else counted(len(asked), "encoder")
    places: dict[tuple[int, int], Result] = {}
    with EvaluationProgress(title, 0) as progress:
        results = evaluate_on(executor, asked, settings, store, timings=timings, planned=progress.expect, report=say)
        for place, result, known in results:
            progress.finished(result, name=asked[place[0]].name if len(asked) > 1 else "", known=known)
            places[place] = result
    return [[places[place] for place in sorted(places) if place[0] == number] for number in range(len(asked))]
