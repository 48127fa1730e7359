"""The page of one task."""

from __future__ import annotations

from superb_lite_leaderboard.pages.figure import axis
from superb_lite_leaderboard.pages.render import render
from superb_lite_leaderboard.pages.site import SiteContext
from superb_lite_leaderboard.views.task import TaskView


def render_task(view: TaskView, site: SiteContext) -> str:
    """The page as HTML."""
    places = {row.entry.ref: row.cell.place() for row in view.rows}
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
