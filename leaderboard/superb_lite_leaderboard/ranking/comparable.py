"""Which results of entries can be ranked together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from superb_lite.errors import SuperbLiteError
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.checks import check_result, check_same_data
from superb_lite_leaderboard.entry import Entry, Measured

Results = Mapping[str, Mapping[str, Measured]]
"""By the name of the entry and the key of the column."""


def comparable(entries: Sequence[Entry], columns: Sequence[Column]) -> tuple[dict[str, dict[str, Measured]], list[str]]:
    """By entry and column key the results that can be ranked together, and one line for each that cannot.

    Whoever submits is refused on the same grounds; but a task may have got another version since, and a file may have
    been edited.
    """
    found: dict[str, dict[str, Measured]] = {entry.name: {} for entry in entries}
    of_column: dict[tuple[str, str], list[tuple[Measured, str]]] = {}
    for entry in entries:
        for result in entry.results:
            of_column.setdefault((result.task, result.protocol), []).append((result, entry.name))
    notes = []
    for column in columns:
        first: tuple[Measured, str] | None = None
        # What was checked further says which data the column is of.
        for result, name in sorted(
            of_column.get((column.task.name, column.protocol), ()), key=lambda each: -each[0].tier
        ):
            try:
                check_result(result, column)
                if first is not None:
                    check_same_data(result, *first)
            except SuperbLiteError as error:
                notes.append(f"entry '{name}': {error}")
                continue
            first = first or (result, name)
            found[name][column.key] = result
    return found, notes
