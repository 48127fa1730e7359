"""The page of one task."""

from __future__ import annotations

from superb_lite_leaderboard.pages.figure import axis
from superb_lite_leaderboard.pages.render import render
from superb_lite_leaderboard.pages.site import SiteContext
from superb_lite_leaderboard.views.cells import Cell
from superb_lite_leaderboard.views.task import TaskView


def render_task(view: TaskView, site: SiteContext) -> str:
    """The page as HTML."""
    places = {row.entry.ref: _place(row.cell) for row in view.rows}
    return render(
        "task.html.j2",
        site,
        view=view,
        heading=view.heading,
        calibrated=view.heading.floor is not None,
        places=places,
        axis=axis(place[1:] for place in places.values()),
        gains={gain.entry: gain for gain in view.gains},
    )


def _place(cell: Cell) -> tuple[float, float, float]:
    """Where the plot has the score and the two ends of its interval."""
    if cell.normalised is not None and cell.normalised_ci is not None:
        return (cell.normalised, *cell.normalised_ci)
    return (cell.value, cell.lo, cell.hi)
