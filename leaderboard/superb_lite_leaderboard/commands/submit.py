"""`superb-lite submit`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from superb_lite.cli.names import check_names, shown_names
from superb_lite.cli.options import BatchSize, Device, EvaluationOptions, Root, Shown, TrustCode
from superb_lite_leaderboard.commands.options import BoardUrl, is_result_file, open_board


def submit(
    encoders: Annotated[
        list[str], typer.Argument(metavar="ENCODER|RESULT.json...", help="Of at most one encoder a modality.")
    ],
    name: Annotated[str, typer.Option("--name", help="The name of the entry.")],
    board: BoardUrl = None,
    language: Annotated[
        list[str] | None,
        typer.Option(help="Only columns in this language (en, zh) and those without one; may be repeated."),
    ] = None,
    device: Device = "auto",
    batch_size: BatchSize = 32,
    root: Root = None,
    trust_code: TrustCode = False,
    shown: Shown = None,
) -> None:
    """Evaluate encoders on the tasks of the board, or check result files, and store them as one entry.

    A result file is taken when its scores follow from its predictions and the labels on this machine (verify).

    Example: superb-lite submit my-bert raw:log-mel --name "My BERT"
    """
    references = [operand for operand in encoders if not is_result_file(operand)]
    check_names(encoders=references, device=device, trust_code=trust_code)
    names = shown_names(references, shown)
    options = EvaluationOptions(device=device, batch_size=batch_size, root=root)

    from superb_lite.cli.evaluation import open_store
    from superb_lite.cli.progress import say, stdout
    from superb_lite.encoders.references import load_encoder
    from superb_lite.paths import workspace
    from superb_lite.results.files import write_results
    from superb_lite_leaderboard.checks import check_name
    from superb_lite_leaderboard.commands.columns import check_languages, evaluate_columns
    from superb_lite_leaderboard.entry import Submitted, Tier
    from superb_lite_leaderboard.submission.files import check_one_encoder_a_modality, submitted_results
    from superb_lite_leaderboard.terminal.board import render
    from superb_lite_leaderboard.views.board import BoardView

    leaderboard = open_board(board)
    check_languages(language or (), leaderboard.board)
    check_name(name)
    submitted = []
    for file in filter(is_result_file, encoders):
        taken, left_out = submitted_results(Path(file), leaderboard.board, root=root)
        submitted += [Submitted(result, Tier.RECOMPUTED) for result in taken]
        for result in left_out:
            say(f"left out: {result.task} ({result.protocol}) of '{file}' is not on this board")
    models = [load_encoder(reference, trust_code=trust_code) for reference in references]
    modalities = [model.modality for model in models]
    check_one_encoder_a_modality([each.result for each in submitted], list(zip(references, modalities, strict=True)))
    store = open_store(workspace())
    for reference, shown_name, model in zip(references, names, models, strict=True):
        results = evaluate_columns(shown_name, model, leaderboard.board, store, options, languages=language)
        write_results(results, store.directory)
        own_code = reference.startswith("py:")
        submitted += [Submitted(result, Tier.RERUN, own_code) for result in results]
    entry = leaderboard.submit(name, submitted)
    columns = leaderboard.board.columns
    say(f"stored '{entry.ref}' in {leaderboard} ({len(submitted)} of {len(columns)} columns)")
    stdout().print(render(BoardView.of(leaderboard.standings(), leaderboard.entries())))
