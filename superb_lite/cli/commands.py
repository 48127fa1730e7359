"""What the commands do, apart from `list` and `run`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from superb_lite import plugins
from superb_lite.cli.progress import EvaluationProgress, report_timings, stderr, stdout
from superb_lite.encoders.encoder import Convertible, Encoder, Writer
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import Timings, evaluate_each, select_tasks
from superb_lite.paths import feature_dir, make_dir, workspace, write_text
from superb_lite.results.files import write_results
from superb_lite.results.result import Result
from superb_lite.results.store import ResultStore
from superb_lite.results.tables import results_table
from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.page import export
from superb_lite_leaderboard.store import Leaderboard
from superb_lite_leaderboard.table import render


def run_pretrain(name: str, *, out: Path | None, data: Path | None, resume: bool, arguments: Sequence[str]) -> None:
    """Pretrain, and say what to do next."""
    from lightning.fabric.utilities.rank_zero import rank_zero_only

    from superb_lite.pretraining.run import pretrain

    directory = out or workspace() / "checkpoints" / name
    pretrain(name, directory, data=data, resume=resume, arguments=arguments)
    if getattr(rank_zero_only, "rank", 0):  # of several processes one speaks
        return
    print(f"{directory}")
    stderr.print(f"evaluate it: superb-lite evaluate {directory} --tasks TASK   (superb-lite list tasks)")


def run_generate(encoder: str, prompt: str, *, trust_code: bool, **settings: Any) -> None:
    """Print the prompt and what the model writes after it."""
    model = load_encoder(encoder, trust_code=trust_code)
    if not isinstance(model, Writer):
        raise SuperbLiteError(f"'{encoder}' cannot write: a language model can, such as a checkpoint of text-gpt")
    print(model.generate(prompt, **settings))


def run_convert(encoder: str, *, to: str, out: Path) -> None:
    """Write an encoder in another library's format, and say what differs."""
    model = load_encoder(encoder)
    formats = model.formats if isinstance(model, Convertible) else ()
    if to not in formats or not isinstance(model, Convertible):
        known = " or ".join(formats) or "no other format"
        raise SuperbLiteError(f"'{encoder}' cannot be converted to '{to}', but to {known}")
    if out.exists() and any(out.iterdir()):
        raise SuperbLiteError(f"--out '{out}' is not empty: choose another directory")
    make_dir(out)
    print(model.convert(to, out))


def run_evaluate(
    encoder: str,
    *,
    tasks: Sequence[str] | None,
    protocol: str | None,
    each_layer: bool,
    seeds: int,
    limit: int | None,
    device: str,
    root: Path | None,
    trust_code: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Evaluate one encoder and print a table or JSON."""
    if each_layer and protocol not in (None, "frozen"):
        raise SuperbLiteError(f"--layers each goes with protocol 'frozen' only, not with '{protocol}'")
    if protocol is not None:
        from superb_lite.protocols import protocol as check_protocol

        check_protocol(protocol)
    wanted = [task for pattern in tasks for task in plugins.tasks(pattern)] if tasks else None
    model = load_encoder(encoder, trust_code=trust_code)
    if wanted is None:
        if model.modality is None:
            raise SuperbLiteError(f"'{encoder}' takes items of any modality: say which with --tasks")
        chosen = plugins.embedded_tasks(model.modality)
    else:
        chosen = select_tasks(list(tasks or ()), model.modality, encoder)
    if each_layer:
        _run_layers(
            encoder, model, chosen, seeds=seeds, limit=limit, device=device, root=root, out=out, as_json=as_json
        )
        return
    columns = [(task, protocol or task.protocols[0]) for task in chosen]
    results, timings = [], Timings()
    with EvaluationProgress(encoder, len(columns)) as progress:
        for result in evaluate_each(
            model,
            columns,
            reference=encoder,
            seeds=seeds,
            limit=limit,
            device=device,
            root=root,
            progress=progress.start,
            store=open_store(workspace()),
            feature_dir=feature_dir(),
            timings=timings,
        ):
            progress.finished(result)
            results.append(result)
    report_timings(timings)
    if out is not None:
        for path in write_results(results, out):
            stderr.print(f"wrote {path} and {path.with_suffix('.parquet').name}")
    if as_json:
        print(json.dumps([result.summary() for result in results], indent=1, ensure_ascii=False))
    else:
        stdout().print(results_table(results))


def _run_layers(
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
    from superb_lite.evaluation.layers import evaluate_layers

    found = []
    with EvaluationProgress(encoder, len(tasks)) as progress:
        for layer in evaluate_layers(
            model,
            tasks,
            reference=encoder,
            seeds=seeds,
            limit=limit,
            device=device,
            root=root,
            progress=progress.start,
            feature_dir=feature_dir(),
        ):
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


def run_submit(
    encoders: Sequence[str],
    *,
    name: str,
    board: str | None,
    replace: bool,
    root: Path | None,
    trust_code: bool,
) -> None:
    """Evaluate encoders on the board's columns and store the entry."""
    leaderboard = open_board(board)
    leaderboard.check_submission(name, replace=replace)
    models = {reference: load_encoder(reference, trust_code=trust_code) for reference in encoders}
    check_one_a_modality(models)
    store = open_store(workspace())
    results = [
        result
        for reference, model in models.items()
        for result in evaluate_columns(reference, model, leaderboard.board, store, root=root)
    ]
    for reference in models:
        write_results([r for r in results if r.encoder == reference], store.directory)
    leaderboard.submit(name, results, replace=replace)
    stdout().print(render(leaderboard.standings()))


def check_one_a_modality(models: dict[str, Encoder]) -> None:
    """An entry holds at most one encoder a modality; found before anything is computed."""
    owner: dict[str, str] = {}
    for reference, model in models.items():
        if model.modality is None:
            raise SuperbLiteError(f"'{reference}' has no modality of its own, so it cannot stand in an entry")
        if model.modality in owner:
            raise SuperbLiteError(
                f"'{owner[model.modality]}' and '{reference}' both encode {model.modality}: "
                "an entry holds one encoder a modality"
            )
        owner[model.modality] = reference


def board_columns(board: Board, modality: str | None) -> list[tuple[Task, str]]:
    """The columns of a board that an encoder of a modality is measured on."""
    columns = [(plugins.tasks(name)[0], protocol) for name, protocol in board.columns]
    return [(task, protocol) for task, protocol in columns if task.modality == modality]


def evaluate_columns(
    reference: str,
    model: Encoder,
    board: Board,
    store: ResultStore,
    *,
    seeds: int = 5,
    root: Path | None = None,
    timings: Timings | None = None,
) -> list[Result]:
    """The results of one encoder on a board, each taken from the store where it is there already.

    timings: where the seconds of each phase are added up.
    """
    columns = board_columns(board, model.modality)
    if not columns:
        raise SuperbLiteError(f"board '{board.name}' has no {model.modality} tasks, so '{reference}' cannot be ranked")
    stderr.print(reference)
    return evaluate_stored(reference, model, columns, store, seeds=seeds, root=root, timings=timings)


def evaluate_stored(
    reference: str,
    model: Encoder,
    columns: Sequence[tuple[Task, str]],
    store: ResultStore,
    *,
    seeds: int,
    root: Path | None,
    timings: Timings | None = None,
) -> list[Result]:
    """The results of one encoder, each taken from the store where it is there already, under a progress bar."""
    results = []
    with EvaluationProgress(reference, len(columns)) as progress:
        for result in evaluate_each(
            model,
            columns,
            reference=reference,
            seeds=seeds,
            root=root,
            progress=progress.start,
            store=store,
            feature_dir=feature_dir(),
            timings=timings,
        ):
            progress.finished(result)
            results.append(result)
    return results


def open_store(directory: Path) -> ResultStore:
    """The finished results in a workspace."""
    return ResultStore(directory / "results", report=stderr.print)


def open_board(url: str | None) -> Leaderboard:
    """The board of a URL; without one, the board in the workspace."""
    return Leaderboard(url or workspace() / "board.sqlite")


def run_leaderboard_show(*, board: str | None, as_json: bool) -> None:
    """Print the ranking."""
    leaderboard = open_board(board)
    if as_json:
        print(json.dumps(leaderboard.rows(), indent=1, ensure_ascii=False))
    elif not leaderboard.entries():
        stderr.print("the board is empty: fill it with `superb-lite run` or `superb-lite submit`")
    else:
        stdout().print(render(leaderboard.standings()))


def run_leaderboard_export(directory: Path, *, board: str | None) -> None:
    """Write the page."""
    print(export(open_board(board).standings(), directory))


def run_calibrate(names: Sequence[str], *, out: Path | None) -> None:
    """Measure floors and ceilings."""
    from superb_lite.evaluation.measure_scale import calibrate
    from superb_lite.results import scale

    tasks = list({task.name: task for name in names for task in plugins.tasks(name)}.values())
    earlier = scale.read(out.read_text(encoding="utf-8"), out) if out is not None and out.is_file() else None

    def save(content: dict[str, Any]) -> None:
        if out is not None:
            write_text(out, json.dumps(content, indent=1) + "\n")

    found = calibrate(tasks, report=stderr.print, earlier=earlier, save=save)
    if out is None:
        print(json.dumps(found, indent=1))
    if left := [task.name for task in tasks if task.name not in found["tasks"]]:
        raise SuperbLiteError(f"not calibrated, for the reasons above: {', '.join(left)}")
