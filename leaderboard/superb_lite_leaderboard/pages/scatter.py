"""The pages of score against cost, one for each cost."""

from __future__ import annotations

from collections.abc import Sequence

from superb_lite_leaderboard.entry import Entry
from superb_lite_leaderboard.pages.render import render, sentence
from superb_lite_leaderboard.pages.scatter_chart import Point
from superb_lite_leaderboard.pages.scatter_chart import scatter as chart_of
from superb_lite_leaderboard.pages.site import SiteContext, scatter_path
from superb_lite_leaderboard.views.board import BoardView
from superb_lite_leaderboard.views.cells import OVERALL
from superb_lite_leaderboard.views.costs import AXES, CostAxis
from superb_lite_leaderboard.views.scatter import ScatterPoint, scatter


def render_scatter(view: BoardView, entries: Sequence[Entry], site: SiteContext, cost: CostAxis) -> str:
    """The page as HTML: a chart of the overall score and one of each modality."""
    found = [(key, scatter(view, entries, cost, key)) for key in (OVERALL, *view.modalities)]
    sections = [(key, points, _chart(points, cost, key)) for key, points in found if points]
    others = [(sentence(axis.label), site.url(scatter_path(axis.key)), axis.key == cost.key) for axis in AXES.values()]
    return render("scatter.html.j2", site, cost=cost, heading=sentence(cost.label), sections=sections, others=others)


def _chart(points: Sequence[ScatterPoint], cost: CostAxis, key: str) -> object:
    drawn = [Point(p.name, p.cost, p.score, p.lo, p.hi, p.on_front, p.tier.label) for p in points if p.cost > 0]
    return chart_of(drawn, cost=cost.label, score=f"{key} score")
