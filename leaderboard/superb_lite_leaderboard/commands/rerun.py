"""`superb-lite leaderboard rerun`: the encoders of an entry, run again here."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from superb_lite.cli.options import BatchSize, Device, EvaluationOptions, Root, TrustCode
from superb_lite_leaderboard.commands.options import BoardUrl, open_existing_board


def rerun(
    name: Annotated[str, typer.Argument(help="An entry, or a version of it as NAME@2.")],
    encoder: Annotated[
        list[str] | None,
        typer.Option(
            "--encoder",
            help="Where an encoder of the entry lies here, if not under its reference; may be repeated.",
        ),
    ] = None,
    board: BoardUrl = None,
    device: Device = "auto",
    batch_size: BatchSize = 32,
    root: Root = None,
    trust_code: TrustCode = False,
) -> None:
    """Run the encoders of an entry again: the same predictions promote it, others become its next version.

    Example: superb-lite leaderboard rerun "my BERT" --encoder her-checkpoint
    """
    options = EvaluationOptions(device=device, batch_size=batch_size, root=root)

    import tempfile

    from superb_lite.cli.evaluation import evaluate_stored
    from superb_lite.cli.progress import say, stdout
    from superb_lite.encoders.encoder import Encoder
    from superb_lite.results.result import Result
    from superb_lite.results.store import ResultStore
    from superb_lite.results.text import signed
    from superb_lite.tasks.task import Task
    from superb_lite_leaderboard.submission.rerun import rerun_entry

    def evaluate(reference: str, model: Encoder, columns: Sequence[tuple[Task, str]], seeds: int) -> list[Result]:
        with tempfile.TemporaryDirectory() as folder:  # not the results of the workspace: they are computed again
            store = ResultStore(Path(folder), report=say)
            return evaluate_stored(reference, model, columns, store, dataclasses.replace(options, seeds=seeds))

    leaderboard = open_existing_board(board)
    outcome = rerun_entry(leaderboard, name, encoder or (), evaluate, trust_code=trust_code)
    for line in outcome.differences:
        say(f"{line.task} ({line.protocol}): {signed(100 * line.difference)} points from what was submitted")
    same = f"{outcome.same} of {outcome.same + len(outcome.differences)} results have the same predictions"
    stdout().print(f"{same}; '{outcome.entry.ref}' is {outcome.entry.tier.label}", markup=False, highlight=False)
