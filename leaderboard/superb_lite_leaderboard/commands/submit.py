"""`superb-lite submit`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from superb_lite.cli.options import Root, TrustCode
from superb_lite.errors import SuperbLiteError
from superb_lite_leaderboard.commands.options import BoardUrl, open_board

if TYPE_CHECKING:
    from superb_lite.encoders.encoder import Encoder


def submit(
    encoders: Annotated[list[str], typer.Argument(help="At most one encoder a modality.")],
    name: Annotated[str, typer.Option("--name", help="The name of the entry.")],
    board: BoardUrl = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the entry of that name.")] = False,
    root: Root = None,
    trust_code: TrustCode = False,
) -> None:
    """Evaluate encoders on the tasks of the board and store them as one entry.

    Example: superb-lite submit my-bert raw:log-mel --name "My BERT"
    """
    from superb_lite.cli.evaluation import open_store
    from superb_lite.cli.progress import stdout
    from superb_lite.encoders.references import load_encoder
    from superb_lite.paths import workspace
    from superb_lite.results.files import write_results
    from superb_lite_leaderboard.commands.columns import evaluate_columns
    from superb_lite_leaderboard.table import render

    leaderboard = open_board(board)
    leaderboard.check_submission(name, replace=replace)
    models = {reference: load_encoder(reference, trust_code=trust_code) for reference in encoders}
    _check_one_a_modality(models)
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


def _check_one_a_modality(models: Mapping[str, Encoder]) -> None:
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
