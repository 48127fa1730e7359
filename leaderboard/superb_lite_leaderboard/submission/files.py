"""Result files that are submitted: their scores are computed again from their predictions before they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.recheck import verified_results
from superb_lite.results.files import read_result_file, read_results
from superb_lite.results.result import Result
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.board import resolve_columns
from superb_lite_leaderboard.checks import accepted
from superb_lite_leaderboard.entry import Submitted, Tier


def submitted_results(path: Path, board: Board, *, root: Path | None = None) -> tuple[list[Submitted], list[Result]]:
    """The results of a file that stand in columns of a board, and those that do not.

    With a Parquet file beside it the former are *recomputed*: computed again from their predictions and the labels on
    this machine, as `superb-lite verify` does. A file that comes alone is *reported*.

    root: where official releases lie, if the tasks read them.

    Raises:
        SuperbLiteError: the file cannot be read, was edited, or a result does not follow from its predictions; the
            first difference is named. None of its results is in a column of the board.
    """
    columns = set(board.columns)
    # Before anything is loaded: a file of a stranger says by its tasks which files are opened here.
    found = read_result_file(path).results
    wanted = [result for result in found if (result.task, result.protocol) in columns]
    if not wanted:
        first = found[0]
        raise SuperbLiteError(
            f"'{path}' has no result in a column of board '{board.name}' version {board.version}; its first is on "
            f"'{first.task}' ({first.protocol})"
        )
    keys = {(result.task, result.protocol) for result in wanted}
    left_out = [result for result in found if (result.task, result.protocol) not in keys]
    if path.with_suffix(".parquet").exists():
        return [Submitted(r, Tier.RECOMPUTED) for r in verified_results(path, only=keys, root=root)], left_out
    unedited = [result for result in read_results(path) if (result.task, result.protocol) in keys]
    return list(accepted(unedited, board, resolve_columns(board), several=True, root=root)), left_out


def check_one_encoder_a_modality(results: Sequence[Result], encoders: Sequence[tuple[str, str | None]]) -> None:
    """Raise `SuperbLiteError`, before anything is computed, unless an entry may hold all of these.

    results: those of files. encoders: (reference, modality) of what is evaluated beside them.
    """
    holder: dict[str, tuple[str, str]] = {}
    for result in results:
        name, digest = holder.setdefault(result.modality, (result.encoder, result.encoder_hash))
        if digest != result.encoder_hash:
            raise _two(name, result.encoder, result.modality)
    for reference, modality in encoders:
        if modality is None:
            hint = (
                ": a function has none, return an `Encoder` (docs/extending.md)" if reference.startswith("py:") else ""
            )
            raise SuperbLiteError(f"'{reference}' has no modality of its own, so it cannot stand in an entry{hint}")
        if modality in holder:
            raise _two(holder[modality][0], reference, modality)
        holder[modality] = (reference, reference)


def _two(one: str, other: str, modality: str) -> SuperbLiteError:
    return SuperbLiteError(f"'{one}' and '{other}' both encode {modality}: an entry holds one encoder a modality")
