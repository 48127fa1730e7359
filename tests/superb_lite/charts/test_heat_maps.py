"""Tables of numbers as colours."""

from __future__ import annotations

import numpy as np
import pytest

from superb_lite.charts.heatmaps import HeatMap, heat_maps
from superb_lite.errors import SuperbLiteError


def test_numbers_stand_in_the_cells_and_unknown_ones_are_left_out():
    values = np.array([[0.0, 0.5], [np.nan, 1.0]])
    figure = heat_maps("T", [HeatMap("a", values), HeatMap("b", values)], rows=["x", "y"], columns=["0", "1"])
    first, second = figure.axes
    assert [text.get_text() for text in first.texts] == ["0.00", "0.50", "1.00"]
    assert [text.get_color() for text in first.texts] == ["#222222", "#222222", "white"]
    assert [label.get_text() for label in first.get_yticklabels()] == ["x", "y"]
    assert [label.get_text() for label in second.get_yticklabels()] == ["", ""]
    assert first.images[0].get_clim() == second.images[0].get_clim() == (0.0, 1.0)


def test_large_tables_have_no_numbers_and_nothing_cannot_be_drawn():
    (axes,) = heat_maps("T", [HeatMap("a", np.eye(13))], rows=["r"] * 13, columns=["c"] * 13).axes
    assert len(axes.texts) == 0
    with pytest.raises(SuperbLiteError, match="no number"):
        heat_maps("T", [HeatMap("a", np.array([[np.nan]]))], rows=["x"], columns=["y"])
