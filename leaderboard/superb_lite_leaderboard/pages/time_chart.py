"""The chart of scores by date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import altair as alt

from superb_lite_leaderboard.pages.charts import HEIGHT, MARK, MOST_NAMES, Chart, chart_of


@dataclass(frozen=True)
class Moment:
    """A version of an entry in time."""

    name: str
    at: str
    """ISO 8601."""
    score: float
    lo: float
    hi: float
    version: int


def over_time(moments: Sequence[Moment], *, score: str) -> Chart:
    """Scores by the date of submission, with 95% intervals; versions of one name are joined, the best so far is a step.

    moments: at least one. score: what the axis is called.
    """
    ordered = sorted(moments, key=lambda m: (m.at, m.name, m.version))
    rows = [
        {"name": m.name, "at": m.at, "score": m.score, "lo": m.lo, "hi": m.hi, "version": f"{m.name}@{m.version}"}
        for m in ordered
    ]
    best, front = float("-inf"), []
    for m in ordered:
        best = max(best, m.score)
        front.append({"at": m.at, "best": best})
    first, last = (datetime.fromisoformat(end(m.at for m in ordered)) for end in (min, max))
    margin = max(timedelta(hours=12), (last - first) / 12)
    domain = [(first - margin).isoformat(), (last + margin).isoformat()]
    axis = alt.Axis(format="%Y-%m-%d", labelOverlap=True, grid=False, tickCount={"interval": "day", "step": 1})
    if last - first > timedelta(days=10):
        axis = alt.Axis(format="%Y-%m-%d", labelOverlap=True, grid=False)
    x = alt.X("at:T", title="submitted", scale=alt.Scale(type="utc", domain=domain), axis=axis)
    y = alt.Y("score:Q", title=score, scale=alt.Scale(zero=False, nice=True))
    base = alt.Chart(alt.Data(values=rows))
    steps = (
        alt.Chart(alt.Data(values=front))
        .mark_line(interpolate="step-after", strokeWidth=1, strokeDash=[4, 3], color="#888888")
        .encode(x=x, y=alt.Y("best:Q", title=score, scale=alt.Scale(zero=False, nice=True)))
    )
    lines = base.mark_line(strokeWidth=1.2, color=MARK, opacity=0.7).encode(x=x, y=y, detail="name:N")
    whiskers = base.mark_rule(strokeWidth=1.4, color=MARK).encode(
        x=x, y=alt.Y("lo:Q", title=score, scale=alt.Scale(zero=False, nice=True)), y2="hi:Q"
    )
    dots = base.mark_circle(size=60, color=MARK, opacity=1).encode(
        x=x,
        y=y,
        tooltip=[
            alt.Tooltip("version:N", title="entry"),
            alt.Tooltip("at:T", title="submitted", format="%Y-%m-%d %H:%M"),
            alt.Tooltip("score:Q", title=score, format=".1f"),
            alt.Tooltip("lo:Q", title="95% from", format=".1f"),
            alt.Tooltip("hi:Q", title="to", format=".1f"),
        ],
    )
    names = base.mark_text(align="left", dx=8, dy=-7, fontSize=11, limit=160).encode(x=x, y=y, text="version:N")
    layered = alt.layer(steps, lines, whiskers, dots, *([names] if len(rows) <= MOST_NAMES else [])).properties(
        height=HEIGHT
    )
    return chart_of(layered, f"{score} of {len(rows)} submissions by date; the table below has the numbers")
