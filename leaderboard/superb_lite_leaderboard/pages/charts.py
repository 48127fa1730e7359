"""Charts of the pages: Vega-Lite, interactive where scripts run, a drawing where none do. Nothing comes from a network.

A chart is one specification (altair). `Chart.svg` is what vl-convert draws of it, which stands in the page; the script
of the page replaces it by a Vega view. That interprets expressions instead of compiling them (`ast`), so that the
content security policy needs no 'unsafe-eval'. What strangers wrote is data in the specification, never a part of it.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import altair as alt
import vl_convert

Theme = Literal["light", "dark"]

WIDTH, HEIGHT = 680, 340
"""Of a drawing, in pixels; a Vega view is as wide as its place in the page."""

INK = {"light": "#1c1e22", "dark": "#e9e6df"}
MUTED = {"light": "#5b5f67", "dark": "#a5a8af"}
HAIR = {"light": "#dedbd3", "dark": "#2e3238"}
ACCENT = {"light": "#0a5a78", "dark": "#7cc7e2"}
"""As in style.css."""

MOST_NAMES = 40
"""More names than that hide each other: then only those on the front are written."""

MARK = "#2f81bd"
"""Of points: between the two blues of Okabe and Ito (2008); four to one on light and on dark paper."""


@dataclass(frozen=True)
class Chart:
    """A chart of a page."""

    spec: dict[str, Any]
    """Vega-Lite, without colours of text and rules: those come with the theme."""

    description: str
    """What it shows, for readers who do not see it."""

    def json(self) -> str:
        """The specification as a text that may stand in a <script type="application/json">."""
        text = json.dumps(self.spec, ensure_ascii=False, allow_nan=False, sort_keys=True)
        return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")

    def svg(self, theme: Theme = "light") -> str:
        """The drawing, as SVG that holds no script and no link."""
        spec = {**self.spec, "config": {**self.spec["config"], **config(theme)}, "width": WIDTH}
        found: str = vl_convert.vegalite_to_svg(spec, vl_version="6.1", allowed_base_urls=[])
        return found


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
    return _chart(layered, f"{score} against {cost} of {len(rows)} entries; the table below has the numbers")


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
    return _chart(layered, f"{score} of {len(rows)} submissions by date; the table below has the numbers")


def curve(points: Sequence[tuple[float, float, str]], *, x: str = "step", y: str = "loss") -> Chart:
    """Lines, such as training and validation loss: (x, y, name of the line) each."""
    rows = [{"x": a, "y": b, "line": name} for a, b, name in points]
    drawn = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(strokeWidth=1.6)
        .encode(
            x=alt.X("x:Q", title=x),
            y=alt.Y("y:Q", title=y, scale=alt.Scale(zero=False, nice=True)),
            color=alt.Color(
                "line:N",
                scale=alt.Scale(range=[MARK, "#d55e00", "#009e73"]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            strokeDash=alt.StrokeDash("line:N", legend=alt.Legend(title=None, orient="top")),
            tooltip=[
                alt.Tooltip("line:N", title="line"),
                alt.Tooltip("x:Q", title=x),
                alt.Tooltip("y:Q", title=y, format=".4g"),
            ],
        )
        .properties(height=220)
    )
    return _chart(drawn, f"{y} by {x}")


def _chart(drawn: alt.TopLevelMixin, description: str) -> Chart:
    spec: dict[str, Any] = drawn.to_dict()
    spec["description"] = description
    spec["width"] = "container"
    spec["background"] = None
    spec["config"] = {"view": {"stroke": None}, "font": "sans-serif"}
    return Chart(spec, description)


def config(theme: Theme) -> dict[str, Any]:
    """The colours of text and rules. The script of the pages holds the same ones."""
    text = {"labelColor": MUTED[theme], "titleColor": INK[theme], "titleFontWeight": "normal"}
    return {
        "axis": {**text, "gridColor": HAIR[theme], "domainColor": MUTED[theme], "tickColor": MUTED[theme]},
        "legend": text,
        "text": {"color": INK[theme]},
    }


@functools.cache
def vega() -> str:
    """Vega, Vega-Lite and vega-embed as one script (BSD-3-Clause) that sets `window.vegaEmbed`."""
    found: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return found
