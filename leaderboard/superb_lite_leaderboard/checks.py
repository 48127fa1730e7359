"""What may stand on a board: the checks on an entry before it is stored.

An entry is taken whole or refused whole, with one line that names what is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from superb_lite.errors import NAME_LIMIT, SuperbLiteError, one_line
from superb_lite.evaluation.recheck import differences
from superb_lite.evaluation.scoring import rescaled
from superb_lite.results.result import Result
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.entry import Measured, Submitted, Tier
from superb_lite_leaderboard.names import public_name
from superb_lite_leaderboard.own_data import check_own_data
from superb_lite_leaderboard.plausibility import check_plausible, check_said, revalidated

NAME_LENGTH = 100


def check_name(name: str) -> None:
    """Raise `SuperbLiteError` unless `name` is one short printable line."""
    if not name.strip() or len(name) > NAME_LENGTH or not name.isprintable() or name != name.strip():
        raise SuperbLiteError(
            f"the entry name {name[:NAME_LENGTH]!r} must be one printable line of 1 to {NAME_LENGTH} characters "
            "without space around it"
        )


def accepted(
    results: Sequence[Result | Submitted],
    board: Board,
    columns: Sequence[Column],
    *,
    several: bool = False,
    root: Path | None = None,
) -> list[Submitted]:
    """The results of an entry with their tiers, checked one by one and together.

    What comes with a tier above *reported* was checked by who gives it. A result without a tier is *recomputed* where
    it holds its predictions and this machine has the data of the task, and else *reported*.

    several: see `check_results`. root: where official releases lie, if the tasks read them.

    Raises `SuperbLiteError` for what cannot be true, or does not follow from its predictions.
    """
    given = [each if isinstance(each, Submitted) else Submitted(each, Tier.REPORTED) for each in results]
    given = [each if each.tier > Tier.REPORTED else replace(each, result=revalidated(each.result)) for each in given]
    check_results([Measured.of(each) for each in given], board, columns, several=several)
    by_key = {(column.task.name, column.protocol): column for column in columns}
    return [_graded(each, by_key[each.result.task, each.result.protocol], root) for each in given]


def _graded(submitted: Submitted, column: Column, root: Path | None) -> Submitted:
    """A result that nobody checked yet, checked as far as this machine can."""
    if submitted.tier > Tier.REPORTED:
        return submitted
    result, task = submitted.result, column.task
    check_said(result, column)
    note = check_own_data(result, task, root)
    if result.predictions and not note:
        if found := differences(result, root=root):
            where = f"{one_line(result.task, NAME_LIMIT)} ({one_line(result.protocol, NAME_LIMIT)})"
            raise SuperbLiteError(f"the result on {where} does not follow from its predictions: {found[0]}")
        return replace(submitted, tier=Tier.RECOMPUTED)
    check_plausible(result)
    return replace(submitted, result=rescaled(result, column.scale), note=note)


def check_results(
    results: Sequence[Measured], board: Board, columns: Sequence[Column], *, several: bool = False
) -> None:
    """Raise `SuperbLiteError` unless the results make an entry: at most one encoder a modality, every column once.

    several: whether there may be several encoders of a modality.
    """
    if not results:
        raise SuperbLiteError("an entry needs at least one result")
    by_key = {(column.task.name, column.protocol): column for column in columns}
    encoders: dict[str, Measured] = {}
    seen: set[tuple[str, str]] = set()
    for result in results:
        key = (result.task, result.protocol)
        if key not in by_key:
            raise SuperbLiteError(f"{_label(result)} is not a column of board '{board.name}' version {board.version}")
        if key in seen:
            raise SuperbLiteError(f"{_label(result)} stands twice in the entry")
        seen.add(key)
        check_result(result, by_key[key])
        first = encoders.setdefault(result.modality, result)
        if not several and first.encoder_hash != result.encoder_hash:
            raise SuperbLiteError(
                f"an entry has one encoder a modality, but these two encode {result.modality}: '{first.encoder}' "
                f"({first.encoder_hash[:8]}) and '{result.encoder}' ({result.encoder_hash[:8]})"
            )


def check_result(result: Measured, column: Column) -> None:
    """Raise `SuperbLiteError` unless a result can be ranked in a column."""
    if result.modality != column.task.modality:
        raise SuperbLiteError(f"{_label(result)} is on a task of {column.task.modality}, but says {result.modality}")
    if result.task_version != column.task.version:
        raise SuperbLiteError(
            f"{_label(result)} was measured with task version {result.task_version}; the board ranks version "
            f"{column.task.version}: evaluate it again"
        )
    if result.limit is not None:
        raise SuperbLiteError(f"{_label(result)} used only {result.limit} test examples: evaluate it without --limit")
    if result.seeds != tuple(range(len(result.seeds))):
        raise SuperbLiteError(f"{_label(result)}: evaluation seeds must be 0, 1, 2, ..., so that entries can be paired")
    if result.n_clusters < 2:
        raise SuperbLiteError(f"{_label(result)}: an interval needs at least 2 clusters of test examples")
    if set(result.metrics) != set(column.task.metrics):
        raise SuperbLiteError(f"{_label(result)}: its metrics must be {', '.join(column.task.metrics)}")


def check_same_data(result: Measured, other: Measured, entry: str) -> None:
    """Raise `SuperbLiteError` unless `result` was measured on what `other`, a result of the entry, was measured on."""
    if (result.data_sha256, result.clusters_sha256) != (other.data_sha256, other.clusters_sha256):
        raise SuperbLiteError(
            f"{_label(result)} was measured on other data ({result.data_sha256[:8]}) than entry '{entry}' of this "
            f"board ({other.data_sha256[:8]}): they cannot be compared, so start a new board"
        )


def _label(result: Measured) -> str:
    """Which result it is; the line may stand on a page, so that it names no folder."""
    return f"the result of '{public_name(result.encoder)}' on '{result.task}' ({result.protocol})"
