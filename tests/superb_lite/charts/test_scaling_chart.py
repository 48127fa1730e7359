"""The chart of power laws, and logarithmic axes without TeX."""

import pytest

from superb_lite.charts.bands import BandLine, BandPanel, BandPoint, band_chart
from superb_lite.charts.figure import save_figure, short_number
from superb_lite.charts.scaling import ScalingPanel, ScalingPoint, scaling_chart


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.03, "0.03"), (1, "1"), (300, "300"), (3000, "3k"), (1.2e6, "1.2M"), (5e9, "5G"), (2e12, "2T"), (1e16, "1e+16")],
)
def test_numbers_are_short(value, written):
    assert short_number(value) == written


def point(x, value=1.0):
    return ScalingPoint(x, value, value - 0.1, value + 0.1)


def test_a_panel_shows_runs_law_and_check(tmp_path):
    law = [point(x) for x in (100, 1000, 10_000)]
    panel = ScalingPanel("parameters", [point(100), point(1000)], law, point(10_000))
    bare = ScalingPanel("share of the data", [ScalingPoint(0.1, 2.0), ScalingPoint(1.0, 1.0)], [])
    figure = scaling_chart("text-bert: loss", [panel, bare], y="loss")
    first, second = figure.axes
    assert first.get_xscale() == second.get_xscale() == "log"
    assert [len(axes.lines) for axes in figure.axes] == [4, 2]
    assert len(figure.legends[0].get_texts()) == 3
    save_figure(figure, tmp_path / "a.svg")
    drawn = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert ">10k<" in drawn
    assert ">0.1<" in drawn
    assert "math" not in drawn
    with pytest.raises(ValueError, match="at least one panel"):
        scaling_chart("x", [], y="loss")


@pytest.mark.parametrize("scale", ["log", "symlog"])
def test_bands_on_a_logarithmic_axis_have_numbers_too(scale, tmp_path):
    line = BandLine("one", tuple(BandPoint(x, 1.0) for x in (1, 10, 100, 1000)))
    save_figure(band_chart("t", [BandPanel("p", (line,))], x="x", y="y", scale=scale), tmp_path / "a.svg")
    drawn = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert ">1k<" in drawn
    assert "math" not in drawn
