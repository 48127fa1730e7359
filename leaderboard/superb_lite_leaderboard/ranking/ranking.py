"""Ranking: from results to scores, 95% intervals, rank intervals and rank groups.

Per column the score is normalised, 100 * (value - floor) / (ceiling - floor). A modality's score is the mean over the
board's columns of that modality, taken within each language first (`superb_lite.results.means`), and so is that of a
task set; the overall score is the mean over the board's modalities. A column without a result leaves these undefined;
it is never a zero. A beats B where the paired difference, matched by test cluster and evaluation seed, is significant
after Holm's correction over all pairs in the same list; the comparisons that are not leave a rank open, which is why a
rank is an interval. The formulas are in `superb_lite.metrics.statistics`, and `superb_lite.metrics.pairwise` computes
them.

What pretraining brought an encoder is its paired difference from its random twin, the same architecture untrained,
where an entry of the board holds that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.entry import Entry, Measured
from superb_lite_leaderboard.ranking.comparable import comparable
from superb_lite_leaderboard.ranking.comparisons import Comparisons
from superb_lite_leaderboard.ranking.kept import Kept, comparisons
from superb_lite_leaderboard.ranking.lists import ListKey, lists
from superb_lite_leaderboard.ranking.references import is_twin, published, reference
from superb_lite_leaderboard.ranking.standings import Gain, Row, Standing, Standings, TaskStanding

__all__ = ["Gain", "Row", "Standing", "Standings", "TaskStanding", "is_twin", "rank"]


def rank(
    entries: Sequence[Entry],
    board: Board,
    columns: Sequence[Column],
    *,
    notes: Sequence[str] = (),
    kept: Kept | None = None,
) -> Standings:
    """Rank entries by the columns of a board (`resolve_columns`).

    notes: what was left out of the entries before, one line each. kept: where comparisons are kept, so that a board
        that did not change is not ranked again.
    """
    results, left_out = comparable(entries, columns)
    found, unusable = comparisons(results, columns, kept)
    means = [key for key in lists(columns) if key[0] != "task"]
    rows = [_row(entry, results[entry.name], columns, found, means) for entry in entries]
    order: list[ListKey] = [
        ("overall",),
        *(key for kind in ("modality", "language") for key in means if key[0] == kind),
    ]
    rows.sort(key=lambda row: _order(row.name, found, order))
    gains = [found.gains[row.name, key] for row in rows for key in row.tasks if (row.name, key) in found.gains]
    every = (*notes, *left_out, *unusable)
    detectable = {column.key: found.detectable[column.key] for column in columns if column.key in found.detectable}
    return Standings(board, tuple(columns), tuple(rows), every, tuple(gains), detectable, published(columns))


def _row(
    entry: Entry,
    results: Mapping[str, Measured],
    columns: Sequence[Column],
    found: Comparisons,
    means: Sequence[ListKey],
) -> Row:
    standings = {key: found.standings[key][entry.name] for key in means if entry.name in found.standings.get(key, {})}
    return Row(
        name=entry.name,
        encoders=entry.encoders,
        overall=standings.get(("overall",)),
        modalities={key[1]: standing for key, standing in standings.items() if key[0] == "modality"},
        languages={(key[1], key[2]): standing for key, standing in standings.items() if key[0] == "language"},
        sets={(key[1], key[2]): standing for key, standing in standings.items() if key[0] == "set"},
        tasks={
            column.key: _task_standing(results[column.key], column, found.standings["task", column.key][entry.name])
            for column in columns
            if column.key in results
        },
        mean_rank=found.mean_rank.get(entry.name),
        iqm=found.iqm.get(entry.name),
        reference=reference(entry.results),
    )


def _task_standing(result: Measured, column: Column, standing: Standing) -> TaskStanding:
    calibrated = column.scale is not None
    return TaskStanding(
        result=result,
        normalised=standing.score if calibrated else None,
        normalised_ci=standing.ci if calibrated else None,
        rank=standing.rank,
        group=standing.group,
    )


def _order(name: str, found: Comparisons, lists: Sequence[ListKey]) -> tuple[Any, ...]:
    """Best overall first; entries without an overall score after them, by their scores of modalities and of languages,
    then by name."""
    scores = [found.standings.get(key, {}).get(name) for key in lists]
    return (*((score is None, 0.0 if score is None else -score.score) for score in scores), name)
