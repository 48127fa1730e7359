"""The board as files that open from disk: no network, no JavaScript needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from superb_lite.paths import write_bytes, write_text
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.pages.figure import axis, difference_axis
from superb_lite_leaderboard.pages.render import ASSETS, asset, render
from superb_lite_leaderboard.pages.site import SiteContext
from superb_lite_leaderboard.ranking.ranking import Gain, Row, Standing, Standings, TaskStanding


@dataclass(frozen=True)
class Panel:
    """One column of the board."""

    column: Column
    standings: Sequence[tuple[Row, TaskStanding]]
    """The entries that have the column, best first."""

    def position(self, standing: TaskStanding, calibrated: bool) -> tuple[float, float, float]:
        """Where the plot has the score and the two ends of its interval: normalised, or else in percent."""
        if calibrated and standing.normalised is not None and standing.normalised_ci is not None:
            return (standing.normalised, *standing.normalised_ci)
        return (100 * standing.result.score, 100 * standing.result.ci[0], 100 * standing.result.ci[1])


def export(standings: Standings, directory: Path | str) -> Path:
    """Write `index.html` and what it loads into a directory, and return its path.

    Raises `SuperbLiteError` (one line) when a file cannot be written.
    """
    directory = Path(directory)
    for name in ASSETS:
        write_bytes(directory / "static" / name, asset(name))
    path = directory / "index.html"
    write_text(path, render_page(standings))
    return path


def render_page(standings: Standings) -> str:
    """The page as HTML. Names that people gave are escaped."""
    panels = [
        Panel(column, [(row, row.tasks[column.key]) for row in standings.rows if column.key in row.tasks])
        for column in standings.columns
    ]
    groups = {m: [panel for panel in panels if panel.column.task.modality == m] for m in standings.modalities}
    calibrated = {m: all(panel.column.scale is not None for panel in group) for m, group in groups.items()}
    shown: list[Standing] = []
    for row in standings.rows:
        shown += [*row.modalities.values(), *([row.overall] if row.overall else [])]
    return render(
        "index.html.j2",
        SiteContext(standings.board.name, standings.board.version),
        rows=standings.rows,
        notes=standings.notes,
        gains=_gains(standings),
        gain_axis=difference_axis((100 * gain.ci[0], 100 * gain.ci[1]) for gain in standings.gains),
        modalities=standings.modalities,
        detectable=standings.detectable,
        languages={m: [lang for of, lang in standings.languages if of == m] for m in standings.modalities},
        panels=panels,
        overview_axis=axis(standing.ci for standing in shown),
        axes={
            m: axis(panel.position(standing, calibrated[m])[1:] for panel in group for _, standing in panel.standings)
            for m, group in groups.items()
        },
        calibrated_modalities=calibrated,
        uncalibrated=[column.key for column in standings.columns if column.scale is None],
        columns_of={m: [panel.column for panel in group] for m, group in groups.items()},
        tasks=list(dict.fromkeys(column.task for column in standings.columns)),
    )


def _gains(standings: Standings) -> list[tuple[Column, list[Gain]]]:
    """What pretraining brought, column by column, where it is known."""
    groups = [(c, [gain for gain in standings.gains if gain.key == c.key]) for c in standings.columns]
    return [(column, gains) for column, gains in groups if gains]
