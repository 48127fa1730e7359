"""The board as a forest plot: which scores stand side by side, and what the rows say."""

from __future__ import annotations

from superb_lite.charts.forest import ForestRow
from superb_lite_leaderboard.entry import Tier
from superb_lite_leaderboard.views.board import BoardView
from superb_lite_leaderboard.views.cells import BoardRow, Cell


def forest(view: BoardView, *, most: int, panels: int) -> tuple[str, list[str], list[ForestRow]]:
    """Title, names of the panels, and rows: normalised scores of all modalities, or of one with its tasks.

    most, panels: so many rows and scores at most; the first ones.
    """
    means = [heading for heading in view.headings if heading.kind in ("overall", "modality")]
    alone = means[0].kind == "modality"
    shown = (means + [heading for heading in view.headings if alone and heading.kind == "task"])[:panels]
    calibrated = all(heading.kind != "task" or heading.floor is not None for heading in shown)
    first = means[0].key
    rows = [
        ForestRow(
            name=_name(row),
            scores=[_place(row.cells.get(heading.key), calibrated=calibrated) for heading in shown],
            group=row.cells[first].group if first in row.cells else None,
            hollow=row.reference,
        )
        for row in view.rows[:most]
    ]
    scale = "normalised scores" if calibrated else "scores of tasks in %"
    return f"{view.name} board, version {view.version}: {scale}, 95% intervals", [h.label for h in shown], rows


def _name(row: BoardRow) -> str:
    said = [] if row.tier == Tier.RERUN else [row.tier.label]
    said += ["own code"] if row.own_code else []
    return f"{row.name} ({', '.join(said)})" if said else row.name


def _place(cell: Cell | None, *, calibrated: bool) -> tuple[float, float, float] | None:
    """Where a score and its interval are drawn: normalised, or in percent where not all tasks have a scale."""
    if cell is None:
        return None
    if calibrated and cell.normalised is not None and cell.normalised_ci is not None:
        return (cell.normalised, *cell.normalised_ci)
    return (cell.value, cell.lo, cell.hi)
