"""`superb-lite leaderboard rerun`: the encoders of an entry, run again here."""

from __future__ import annotations

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

    from superb_lite.cli.progress import say, stdout
    from superb_lite.results.text import signed
    from superb_lite_leaderboard.submission.rerun import rerun_entry

    leaderboard = open_existing_board(board)
    outcome = rerun_entry(leaderboard, name, encoder or (), options, trust_code=trust_code)
    for line in outcome.differences:
        say(f"{line.task} ({line.protocol}): {signed(100 * line.difference)} points from what was submitted")
    same = f"{outcome.same} of {outcome.same + len(outcome.differences)} results have the same predictions"
    stdout().print(f"{same}; '{outcome.entry.ref}' is {outcome.entry.tier.label}", markup=False, highlight=False)
