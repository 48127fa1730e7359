"""Rows of the store as values, and back: boards, and results one by one."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import ValidationError

from superb_lite.errors import NAME_LIMIT, SuperbLiteError, one_line
from superb_lite.results.result import Result, refusal
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.board import BUILT_IN
from superb_lite_leaderboard.entry import Entry
from superb_lite_leaderboard.models import BoardRow, EntryRow, ResultRow
from superb_lite_leaderboard.submission import clusters_hash


def board_row(board: Board) -> BoardRow:
    """The row that stands for a board; it replaces the one that is there."""
    columns = None if BUILT_IN.get(board.name) == board else json.dumps(board.columns, ensure_ascii=False)
    return BoardRow(id=1, name=board.name, version=board.version, columns=columns)


def board_from(row: BoardRow) -> Board:
    """The board of a row. Raises `SuperbLiteError` where the row does not say what it ranks by."""
    if row.columns is None:
        if row.name not in BUILT_IN:
            raise SuperbLiteError(f"it ranks by '{one_line(row.name, NAME_LIMIT)}', which is not a built-in board")
        return BUILT_IN[row.name]
    try:
        columns = tuple((str(task), str(protocol)) for task, protocol in json.loads(row.columns))
    except (TypeError, ValueError, RecursionError):
        raise SuperbLiteError("the columns that it ranks by are damaged: bring back a copy of it") from None
    return Board(one_line(row.name), row.version, columns)


def result_row(result: Result) -> ResultRow:
    """The row that holds a result."""
    return ResultRow(
        task=result.task,
        protocol=result.protocol,
        task_version=result.task_version,
        data_sha256=result.data_sha256,
        clusters_sha256=clusters_hash(result),
        payload=result.model_dump_json(),
        checksum=result.checksum(),
    )


def read_entry(row: EntryRow) -> tuple[Entry, tuple[str, ...]]:
    """An entry with the results that can be read, and one line for each that cannot."""
    name = one_line(row.name, NAME_LIMIT)
    results, notes = [], []
    for each in row.results:
        try:
            results.append(read_result(each))
        except SuperbLiteError as error:
            where = f"'{one_line(each.task, NAME_LIMIT)}' ({one_line(each.protocol, NAME_LIMIT)})"
            notes.append(one_line(f"entry '{name}': {where} is damaged: {error}; submit it again"))
    return Entry(name, row.submitted, tuple(results)), tuple(notes)


def read_result(row: ResultRow) -> Result:
    """The result in a row. Raises `SuperbLiteError` where it is damaged, or is not the one that was stored."""
    result = parse(row.payload)
    if result.checksum() != row.checksum:
        raise SuperbLiteError("it was edited after it was stored")
    return result


def parse(payload: str) -> Result:
    """The result in a payload. Raises `SuperbLiteError` where it is damaged."""
    try:
        return Result.model_validate_json(payload)
    except ValidationError as error:
        raise SuperbLiteError(refusal(error)) from None


def belongs_to(row: ResultRow, results: Sequence[Result]) -> bool:
    """Whether a stored result is of a column or a modality that these results hold."""
    if (row.task, row.protocol) in {(result.task, result.protocol) for result in results}:
        return True
    try:
        return read_result(row).modality in {result.modality for result in results}
    except SuperbLiteError:
        return False
