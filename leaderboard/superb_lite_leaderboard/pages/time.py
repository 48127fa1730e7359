"""The page of scores over time."""

from __future__ import annotations

from collections.abc import Sequence

from superb_lite_leaderboard.pages.render import render
from superb_lite_leaderboard.pages.site import SiteContext
from superb_lite_leaderboard.pages.time_chart import Moment, over_time
from superb_lite_leaderboard.views.time import Submission


def render_time(submissions: Sequence[Submission], site: SiteContext) -> str:
    """The page as HTML."""
    scored = [
        Moment(each.name, each.submitted, each.score, *each.ci, each.version)
        for each in submissions
        if each.score is not None and each.ci is not None
    ]
    chart = over_time(scored, score="overall score") if scored else None
    return render("time.html.j2", site, submissions=submissions, chart=chart)
