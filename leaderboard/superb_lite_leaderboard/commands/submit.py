"""`superb-lite submit`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from superb_lite.cli.options import Root, TrustCode
from superb_lite.errors import one_line
from superb_lite_leaderboard.commands.options import BoardUrl, open_board


def submit(
    encoders: Annotated[
        list[str], typer.Argument(metavar="ENCODER|RESULT.json...", help="Of at most one encoder a modality.")
    ],
    name: Annotated[str, typer.Option("--name", help="The name of the entry.")],
    board: BoardUrl = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the entry of that name.")] = False,
    root: Root = None,
    trust_code: TrustCode = False,
) -> None:
    """Evaluate encoders on the tasks of the board, or check result files, and store them as one entry.

    A result file is taken when its scores follow from its predictions and the labels on this machine (verify).

    Example: superb-lite submit my-bert raw:log-mel --name "My BERT"
    """
    from superb_lite.cli.evaluation import open_store
    from superb_lite.cli.progress import stderr, stdout
    from superb_lite.encoders.references import load_encoder
    from superb_lite.paths import workspace
    from superb_lite.results.files import write_results
    from superb_lite_leaderboard.commands.columns import evaluate_columns
    from superb_lite_leaderboard.submitted_files import (
        check_one_encoder_a_modality,
        is_result_file,
        submitted_results,
    )
    from superb_lite_leaderboard.table import render

    leaderboard = open_board(board)
    leaderboard.check_submission(name, replace=replace)
    submitted = []
    for file in filter(is_result_file, encoders):
        taken, left_out = submitted_results(Path(file), leaderboard.board, root=root)
        submitted += taken
        for result in left_out:
            stderr.print(one_line(f"left out: {result.task} ({result.protocol}) of '{file}' is not on this board"))
    references = [operand for operand in encoders if not is_result_file(operand)]
    models = {reference: load_encoder(reference, trust_code=trust_code) for reference in references}
    check_one_encoder_a_modality(submitted, [(reference, model.modality) for reference, model in models.items()])
    store = open_store(workspace())
    for reference, model in models.items():
        results = evaluate_columns(reference, model, leaderboard.board, store, root=root)
        write_results(results, store.directory)
        submitted += results
    leaderboard.submit(name, submitted, replace=replace)
    stdout().print(render(leaderboard.standings()))
