"""Charts of the pages: Vega-Lite, interactive where scripts run, a drawing where none do. Nothing comes from a network.

A chart is one specification (altair). `Chart.svg` is what vl-convert draws of it, which stands in the page; the script
of the page replaces it by a Vega view. That interprets expressions instead of compiling them (`ast`), so that the
content security policy needs no 'unsafe-eval'. What strangers wrote is data in the specification, never a part of it.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
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
"""As in base.css."""

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


def chart_of(drawn: alt.TopLevelMixin, description: str) -> Chart:
    """The chart of what altair describes, as wide as its place in a page."""
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
