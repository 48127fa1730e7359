"""Two entries of a board as values: paired differences task by task, and the examples where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite.results.comparison import compare
from superb_lite.results.result import Result
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.entry import Entry, Measured
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.views.compared import Compared, MeanDifference, Who, compared_task, mean_difference, who
from superb_lite_leaderboard.views.examples import Differing, ExampleReader, differing_examples
from superb_lite_leaderboard.views.plain import plain

EXAMPLES = 20
"""Of a task, that a page shows at most."""


@dataclass(frozen=True)
class ComparisonView:
    """Two entries."""

    a: Who
    b: Who
    tasks: tuple[Compared, ...]
    """In the order of the board."""
    means: tuple[MeanDifference, ...]
    """None where one task was asked for."""
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    """Keys of tasks that only one was measured on."""
    notes: tuple[str, ...]
    """One line for each task that cannot be compared, and what a reader has to know besides."""

    @classmethod
    def of(
        cls,
        board: Leaderboard,
        a: Entry,
        b: Entry,
        *,
        task: str = "",
        examples: int = EXAMPLES,
        root: Path | None = None,
        reader: ExampleReader | None = None,
        columns: Mapping[str, Column] | None = None,
    ) -> ComparisonView:
        """Compare two entries of a board.

        task: show this column only (`Column.key` or the task's name); p-values are adjusted over all nevertheless.
        examples: of each task at most so many; 0 reads no data.
        root: where official releases lie, if the tasks read them.
        reader: of the examples of this board, where several pairs are compared; then `root` is the reader's.
        columns: compare on these, by `Column.key`; None: on those of the board.

        Raises `SuperbLiteError` where the two have no task in common, or not the one that is asked for.
        """
        compared = board.columns if columns is None else columns.values()
        by_key = {(column.task.name, column.protocol): column for column in compared}
        of_a, of_b = (_by_key(entry, by_key) for entry in (a, b))
        shared = [key for key in by_key if key in of_a and key in of_b]
        results, notes = _comparable(board, shared, of_a, of_b)
        if not results:
            reason = f": {notes[0]}" if notes else ""
            raise SuperbLiteError(f"'{a.ref}' and '{b.ref}' have no task in common that can be compared{reason}")
        wanted = {key for key in results if not task or task in (by_key[key].key, key[0])}
        if not wanted:
            raise UnknownNameError(f"task of '{a.ref}' and '{b.ref}'", task, [by_key[key].key for key in results])
        read = reader or ExampleReader(board, root)
        differences = compare(*([pair[side] for pair in results.values()] for side in (0, 1)))
        of_tasks = {(d.task, d.protocol): d for d in differences if d.task is not None}

        def found(key: tuple[str, str]) -> Differing | None:
            if not examples:
                return None
            return differing_examples(read, by_key[key].task, of_a[key], of_b[key], most=examples)

        if {(r.modality, r.encoder_hash) for r in a.results} == {(r.modality, r.encoder_hash) for r in b.results}:
            notes.insert(0, "A and B hold the same encoders")
        elif same := a.modalities_shared_with(b):
            notes.insert(0, f"A and B hold the same encoder of {' and '.join(same)}")
        return cls(
            a=who(a),
            b=who(b),
            tasks=tuple(
                compared_task(by_key[key], of_a[key], of_b[key], of_tasks[key], found(key))
                for key in results
                if key in wanted
            ),
            means=tuple(mean_difference(d) for d in differences if d.task is None and not task),
            only_a=tuple(by_key[key].key for key in by_key if key in of_a and key not in of_b),
            only_b=tuple(by_key[key].key for key in by_key if key in of_b and key not in of_a),
            notes=tuple(notes),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values: `superb-lite leaderboard compare A B --json`."""
        found: dict[str, Any] = plain(self)
        return found


Key = tuple[str, str]
"""(task, protocol)."""


def _by_key(entry: Entry, columns: Mapping[Key, Column]) -> dict[Key, Measured]:
    return {(r.task, r.protocol): r for r in entry.results if (r.task, r.protocol) in columns}


def _comparable(
    board: Leaderboard, shared: list[Key], of_a: Mapping[Key, Measured], of_b: Mapping[Key, Measured]
) -> tuple[dict[Key, tuple[Result, Result]], list[str]]:
    """The pairs of results that can be compared, and one line for each pair that cannot."""
    found, notes = {}, []
    for key in shared:
        try:
            pair = (board.result(of_a[key]), board.result(of_b[key]))
            compare([pair[0]], [pair[1]])
        except (SuperbLiteError, ValueError) as error:  # damaged, of other data, or tables that do not fit
            notes.append(f"'{key[0]}' ({key[1]}) is left out: {error}")
            continue
        found[key] = pair
    return found, notes
