"""Charts are data: what strangers wrote is never a part of a specification."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest

from superb_lite_leaderboard.pages.charts import Chart, vega
from superb_lite_leaderboard.pages.curve_chart import curve
from superb_lite_leaderboard.pages.scatter_chart import Point, scatter
from superb_lite_leaderboard.pages.time_chart import Moment, over_time

HOSTILE = "</script><script>alert(1)</script>{{7*7}} datum.x javascript:alert(2)"

CHARTS = {
    "scatter": scatter(
        [Point(HOSTILE, 1e6, 40.0, 38.0, 42.0, True, HOSTILE), Point("b", 2e7, 50.0, 45.0, 55.0, False)],
        cost="parameters",
        score="score",
    ),
    "time": over_time([Moment(HOSTILE, "2026-11-01T00:00:00+00:00", 40.0, 38.0, 42.0, 1)], score="overall"),
    "curve": curve([(1.0, 2.0, HOSTILE), (2.0, 1.5, HOSTILE)]),
}


def strings(value: Any, path: str = "") -> list[tuple[str, str]]:
    """Every text of a specification with the keys that lead to it."""
    if isinstance(value, dict):
        return [found for key, inner in value.items() for found in strings(inner, f"{path}/{key}")]
    if isinstance(value, list):
        return [found for inner in value for found in strings(inner, path)]
    return [(path, value)] if isinstance(value, str) else []


@pytest.mark.parametrize("name", CHARTS)
def test_a_strangers_text_is_data_and_nothing_else(name: str) -> None:
    chart = CHARTS[name]
    holders = {path for path, text in strings(chart.spec) if "alert" in text}
    assert holders
    assert all("/data/values/" in path or "/datasets/" in path for path in holders)
    assert json.loads(chart.json()) == chart.spec
    assert "<" not in chart.json()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", CHARTS)
def test_the_drawing_holds_no_script_and_no_link(name: str, theme: Any) -> None:
    root = ElementTree.fromstring(CHARTS[name].svg(theme))
    tags = {element.tag.split("}")[-1] for element in root.iter()}
    assert tags <= {"svg", "g", "path", "line", "text", "rect", "defs", "clipPath", "linearGradient", "stop", "title"}
    assert not any(key.startswith("on") or "href" in key for element in root.iter() for key in element.attrib)


def test_the_points_are_where_their_numbers_say() -> None:
    def chart(costs: tuple[float, float, float]) -> Chart:
        return scatter([Point(str(c), c, c, c, c, False) for c in costs], cost="c", score="s")

    root = ElementTree.fromstring(chart((1.0, 10.0, 100.0)).svg())
    marks = [e.attrib["transform"] for e in root.iter() if e.attrib.get("aria-roledescription") == "point"]
    at = sorted(tuple(map(float, mark.removeprefix("translate(").removesuffix(")").split(","))) for mark in marks)
    assert len(at) == 3
    # A logarithmic axis to the right, a linear one upwards.
    assert at[1][0] - at[0][0] == pytest.approx(at[2][0] - at[1][0], rel=1e-3)
    assert (at[1][1] - at[2][1]) / (at[0][1] - at[1][1]) == pytest.approx(10.0, rel=1e-3)


def test_the_names_are_inside_and_those_of_one_place_are_one_text() -> None:
    points = [Point(name, cost, 40.0, 38.0, 42.0, True) for name, cost in (("a", 1e3), ("b", 9e5), ("c", 9e5))]
    root = ElementTree.fromstring(scatter(points, cost="price", score="s").svg())
    texts = {e.text: e.attrib.get("text-anchor") for e in root.iter() if e.tag.endswith("text")}
    assert texts["a"] == "start"
    assert texts["b, c"] == "end"
    assert not {"b", "c"} & set(texts)


def test_a_side_without_names_is_no_layer() -> None:
    one = scatter([Point("a", 1e3, 40.0, 38.0, 42.0, True)], cost="price", score="s")
    assert [layer["mark"]["type"] for layer in one.spec["layer"]].count("text") == 1


def test_the_lines_of_a_curve_have_one_legend() -> None:
    encoding = curve([(1.0, 2.0, "training"), (2.0, 1.5, "validation")]).spec["encoding"]
    assert encoding["color"]["legend"] == encoding["strokeDash"]["legend"]  # else Vega warns on the console


def test_the_script_of_vega_is_one_file_that_interprets_expressions() -> None:
    assert "window.vegaEmbed" in vega()
    assert "expressionInterpreter" in vega()
    assert "</script" not in vega().lower()
