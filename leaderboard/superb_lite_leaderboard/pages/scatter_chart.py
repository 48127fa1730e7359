"""The chart of score against cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import altair as alt

from superb_lite_leaderboard.pages.charts import HEIGHT, MARK, MOST_NAMES, Chart, chart_of


@dataclass(frozen=True)
class Point:
    """An entry in a scatter."""

    name: str
    cost: float
    score: float
    lo: float
    hi: float
    on_front: bool
    """No other entry is at least as good and as cheap."""
    note: str = ""
    """What the reader sees beside name and numbers; the tier."""


def scatter(points: Sequence[Point], *, cost: str, score: str) -> Chart:
    """Score against cost on a logarithmic axis, with 95% intervals; the Pareto front is a line.

    cost, score: what the axes are called.
    """
    rows = [
        {
            "name": p.name,
            "cost": p.cost,
            "score": p.score,
            "lo": p.lo,
            "hi": p.hi,
            "front": "Pareto front" if p.on_front else "other",
            "note": p.note,
            "label": label,
            "side": side,
        }
        for p, (label, side) in zip(points, _labels(points), strict=True)
    ]
    axis = alt.Axis(format="~s", tickCount=5, grid=False)
    x = alt.X("cost:Q", scale=alt.Scale(type="log", padding=24), title=cost, axis=axis)
    y = alt.Y("score:Q", title=score, scale=alt.Scale(zero=False, nice=True))
    tooltip = [
        alt.Tooltip("name:N", title="entry"),
        alt.Tooltip("score:Q", title=score, format=".1f"),
        alt.Tooltip("lo:Q", title="95% from", format=".1f"),
        alt.Tooltip("hi:Q", title="to", format=".1f"),
        alt.Tooltip("cost:Q", title=cost, format=".3s"),
        alt.Tooltip("note:N", title="checked"),
    ]
    base = alt.Chart(alt.Data(values=rows))
    front = (
        base.transform_filter(alt.FieldEqualPredicate(field="front", equal="Pareto front"))
        .mark_line(interpolate="step-after", color=MARK, strokeWidth=1.2, opacity=0.6)
        .encode(x=x, y=y, order=alt.Order("cost:Q"))
    )
    whiskers = base.mark_rule(strokeWidth=1.4, color=MARK).encode(
        x=x, y=alt.Y("lo:Q", title=score, scale=alt.Scale(zero=False, nice=True)), y2="hi:Q"
    )
    dots = base.mark_point(size=70, strokeWidth=1.6, color=MARK, opacity=1).encode(
        x=x,
        y=y,
        fill=alt.Fill(
            "front:N",
            scale=alt.Scale(domain=["Pareto front", "other"], range=[MARK, "#00000000"]),
            legend=alt.Legend(title=None, orient="top"),
        ),
        tooltip=tooltip,
    )
    named = (
        base
        if len(rows) <= MOST_NAMES
        else base.transform_filter(alt.FieldEqualPredicate(field="front", equal="Pareto front"))
    )
    sides: list[tuple[Literal["left", "right"], int]] = [("left", 8), ("right", -8)]
    names = [
        named.transform_filter(alt.FieldEqualPredicate(field="side", equal=side))
        .mark_text(align=side, dx=dx, dy=-7, fontSize=11, limit=160)
        .encode(x=x, y=y, text="label:N")
        for side, dx in sides
        if any(row["side"] == side for row in rows)  # Vega warns of a layer without a row
    ]
    layered = alt.layer(front, whiskers, dots, *names).properties(height=HEIGHT)
    return chart_of(layered, f"{score} against {cost} of {len(rows)} entries; the table below has the numbers")


def _labels(points: Sequence[Point]) -> list[tuple[str, str]]:
    """What is written at each point, and which side of the text is there: ends of names stay inside the chart.

    Points at one place have one text, at the first of them.
    """
    at: dict[tuple[float, float], list[str]] = {}
    for point in points:
        at.setdefault((point.cost, point.score), []).append(point.name)
    decades = [math.log10(point.cost) for point in points]
    first, last = math.floor(min(decades, default=0)), math.ceil(max(decades, default=0))
    right = first + 0.6 * max(1, last - first)
    texts = [", ".join(at.pop((point.cost, point.score), [])) for point in points]
    return [(text, "right" if decade > right else "left") for text, decade in zip(texts, decades, strict=True)]
