"""The page of scores over time."""

from __future__ import annotations

from collections.abc import Sequence

from superb_lite_leaderboard.pages.charts import Moment, over_time
from superb_lite_leaderboard.pages.render import render
from superb_lite_leaderboard.pages.site import SiteContext
from superb_lite_leaderboard.views.time import Submission


def render_time(submissions: Sequence[Submission], site: SiteContext) -> str:
    """The page as HTML."""
    scored = [s for s in submissions if s.score is not None]
    chart = over_time(
        [Moment(s.name, s.submitted, s.score, *s.ci, s.version) for s in scored if s.score is not None and s.ci],
        score="overall score",
    )
    return render("time.html.j2", site, submissions=submissions, chart=chart if scored else None)
