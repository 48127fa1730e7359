"""The rows and columns of the board, made from standings and entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.entry import Entry, Measured, Tier
from superb_lite_leaderboard.names import public_name
from superb_lite_leaderboard.ranking.lists import languages, sets
from superb_lite_leaderboard.ranking.ranking import Row, Standing, Standings, TaskStanding
from superb_lite_leaderboard.views.cells import OVERALL, BoardRow, Cell, Heading
from superb_lite_leaderboard.views.costs import costs_of
from superb_lite_leaderboard.views.marks import marks_of


def board_rows(standings: Standings, entries: Iterable[Entry]) -> tuple[BoardRow, ...]:
    """The rows as they are ranked. entries: those that were ranked; a row whose entry is not among them is left out."""
    by_name = {entry.name: entry for entry in entries}
    return tuple(_row(row, by_name[row.name], standings) for row in standings.rows if row.name in by_name)


def headings(standings: Standings) -> tuple[Heading, ...]:
    """Overall, each modality with its languages and sets, then the tasks, all in the order of the board.

    A set that is all of a language has no column of its own.
    """
    spoken = [{c.key for c in group} for group in languages(standings.columns).values()]
    of_sets = {key: {c.key for c in group} for key, group in sets(standings.columns).items()}
    found = [Heading(OVERALL, OVERALL, "overall")]
    for modality in standings.modalities:
        found.append(Heading(modality, modality, "modality", modality))
        found += [
            Heading(f"{modality}/{language}", f"{modality} ({language})", "language", modality, language=language)
            for of, language in standings.languages
            if of == modality
        ]
        found += [
            Heading(f"{modality}/{name}", f"{modality}: {name}", "set", modality, taskset=name)
            for (of, name), keys in of_sets.items()
            if of == modality and keys not in spoken
        ]
    return (*found, *(_task_heading(column, standings.detectable.get(column.key)) for column in standings.columns))


def _task_heading(column: Column, detects: float | None) -> Heading:
    task, scale = column.task, column.scale
    return Heading(
        key=column.key,
        label=column.label,
        kind="task",
        modality=task.modality,
        taskset=task.name.split("/")[0],
        language=task.language,
        higher_is_better=column.higher_is_better,
        detects=detects,
        protocol=column.protocol,
        form=task.form,
        metrics=task.metrics,
        task_version=task.version,
        floor=None if scale is None else 100 * fmean(scale.floor.values()),
        ceiling=None if scale is None else 100 * fmean(scale.ceiling.values()),
    )


def _row(row: Row, entry: Entry, standings: Standings) -> BoardRow:
    results = [standing.result for standing in row.tasks.values()]
    cells = {key: _task_cell(standing) for key, standing in row.tasks.items()}
    for (modality, language), standing in row.languages.items():
        keys = {c.key for c in standings.columns if c.task.modality == modality and c.task.language == language}
        cells[f"{modality}/{language}"] = _cell(standing, [row.tasks[key].result for key in row.tasks if key in keys])
    for (modality, name), standing in row.sets.items():
        mine = [r for r in results if r.modality == modality and r.task.split("/")[0] == name]
        cells.setdefault(f"{modality}/{name}", _cell(standing, mine))
    for modality, standing in row.modalities.items():
        cells[modality] = _cell(standing, [result for result in results if result.modality == modality])
    if row.overall is not None:
        cells[OVERALL] = _cell(row.overall, results)
    return BoardRow(
        ref=entry.ref,
        name=entry.name,
        version=entry.version,
        tier=entry.tier,
        own_code=entry.own_code,
        reference=bool(row.reference),
        submitted=entry.submitted,
        about=entry.about,
        encoders={modality: public_name(reference) for modality, reference in row.encoders.items()},
        cells=cells,
        group=None if row.overall is None else row.overall.group,
        mean_rank=row.mean_rank,
        iqm=row.iqm,
        missing=tuple(column.key for column in standings.columns if column.key not in row.tasks),
        costs=costs_of(results),
    )


def _cell(standing: Standing, results: Sequence[Measured]) -> Cell:
    lo, hi = standing.ci
    tier = min((result.tier for result in results), default=Tier.REPORTED)
    return Cell(standing.score, lo, hi, standing.rank, standing.group, tier=tier, marks=marks_of(results))


def _task_cell(standing: TaskStanding) -> Cell:
    result = standing.result
    lo, hi = result.ci
    return Cell(
        value=100 * result.score,
        lo=100 * lo,
        hi=100 * hi,
        rank=standing.rank,
        group=standing.group,
        normalised=standing.normalised,
        normalised_ci=standing.normalised_ci,
        encoder=public_name(result.encoder),
        tier=result.tier,
        marks=marks_of([result]),
    )
