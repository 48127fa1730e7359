"""`superb-lite submit`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from superb_lite.cli.names import check_names, shown_names
from superb_lite.cli.options import BatchSize, Device, EvaluationOptions, ExecutorName, Root, Shown, TrustCode
from superb_lite.errors import SuperbLiteError
from superb_lite_leaderboard.commands.operands import manifest_operand, result_operands
from superb_lite_leaderboard.commands.options import BoardUrl, open_board


def submit(
    encoders: Annotated[
        list[str],
        typer.Argument(metavar="ENCODER|RESULT.json...|submission.yaml", help="Of at most one encoder a modality."),
    ],
    name: Annotated[str | None, typer.Option("--name", help="The name of the entry; a manifest may say it.")] = None,
    board: BoardUrl = None,
    language: Annotated[
        list[str] | None,
        typer.Option(help="Only columns in this language (en, zh) and those without one; may be repeated."),
    ] = None,
    device: Device = "auto",
    batch_size: BatchSize = 32,
    root: Root = None,
    trust_code: TrustCode = False,
    executor: ExecutorName = "local",
    shown: Shown = None,
    description: Annotated[str, typer.Option(help="What the entry is.")] = "",
    url: Annotated[str, typer.Option(help="Where more is to be read.")] = "",
    licence: Annotated[str, typer.Option(help="Of the weights.")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="A word to find it by; may be repeated.")] = None,
) -> None:
    """Evaluate encoders on the tasks of the board, or check result files, and store them as one entry.

    A result file is "recomputed": taken when its scores follow from its predictions and the labels on this machine. One
    without its Parquet file is "reported": its numbers need only be possible. A directory of results is its files. A
    manifest, submission.yaml or a directory with one, says all of it in a file; options are stronger.

    Example: superb-lite submit my-bert raw:log-mel --name "My BERT"
    """
    manifest = manifest_operand(encoders)
    corpora: tuple[str, ...] = ()
    if manifest is None:
        files, references = result_operands(encoders)
    else:
        from superb_lite_leaderboard.submission.manifest import read_manifest

        said = read_manifest(manifest)
        files, references = [Path(each) for each in said.results], list(said.encoders)
        name, language = name if name is not None else said.name or None, language or list(said.languages) or None
        description, url, licence = description or said.description, url or said.url, licence or said.licence
        tag, corpora = tag or list(said.tags), said.pretrained_on
    if name is None:
        raise SuperbLiteError("name the entry: --name NAME, or 'name: NAME' in a manifest")
    check_names(encoders=references, device=device, trust_code=trust_code)
    names = shown_names(references, shown)
    options = EvaluationOptions(device=device, batch_size=batch_size, root=root, executor=executor)

    from superb_lite.cli.evaluation import evaluate_all, open_store
    from superb_lite.cli.progress import say, stdout
    from superb_lite.encoders.references import OWN_CODE, load_encoder
    from superb_lite.executors.named import opened
    from superb_lite.paths import workspace
    from superb_lite.results.files import write_results
    from superb_lite_leaderboard.checks import check_name
    from superb_lite_leaderboard.commands.columns import asked_on, check_languages
    from superb_lite_leaderboard.entry import Submitted, Tier
    from superb_lite_leaderboard.submission.files import check_one_encoder_a_modality, submitted_results
    from superb_lite_leaderboard.submission.said import about_from, declared, same_encoders
    from superb_lite_leaderboard.terminal.board import render
    from superb_lite_leaderboard.views.board import BoardView

    leaderboard = open_board(board)
    check_languages(language or (), leaderboard.board)
    check_name(name)
    submitted = []
    about = about_from(description=description, url=url, licence=licence, tags=tag or ())
    for file in files:
        taken, left_out = submitted_results(file, leaderboard.board, root=root)
        submitted += taken
        if any(each.tier is Tier.REPORTED for each in taken):
            beside = file.with_suffix(".parquet").name
            say(f"'{file}' came without its predictions ('{beside}'): its scores are reported, not recomputed")
        for result in left_out:
            say(f"left out: {result.task} ({result.protocol}) of '{file}' is not on this board")
    models = [load_encoder(reference, trust_code=trust_code) for reference in references]
    modalities = [model.modality for model in models]
    check_one_encoder_a_modality([each.result for each in submitted], list(zip(references, modalities, strict=True)))
    store = open_store(workspace())
    asked = [
        asked_on(reference, shown_name, leaderboard.board, languages=language, model=model)
        for reference, shown_name, model in zip(references, names, models, strict=True)
    ]
    with opened(executor) as cluster:
        measured = evaluate_all(asked, store, options, cluster, trust_code=trust_code)
    for reference, results in zip(references, measured, strict=True):
        write_results(results, store.directory)
        own_code = reference.startswith(OWN_CODE)
        submitted += [Submitted(result, Tier.RERUN, own_code) for result in results]
    submitted = [declared(each, corpora, leaderboard.board) for each in submitted]
    entry = leaderboard.submit(name, submitted, about)
    for line in (*(each.note for each in submitted if each.note), *same_encoders(entry, leaderboard.entries())):
        say(line)
    columns = leaderboard.board.columns
    say(f"stored '{entry.ref}' in {leaderboard} ({len(submitted)} of {len(columns)} columns), {entry.tier.label}")
    stdout().print(render(BoardView.of(leaderboard.standings(), leaderboard.entries())))
