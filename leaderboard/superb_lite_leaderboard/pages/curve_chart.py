"""Lines such as those of a training loss."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from superb_lite_leaderboard.pages.charts import MARK, Chart, chart_of


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
    return chart_of(drawn, f"{y} by {x}")
