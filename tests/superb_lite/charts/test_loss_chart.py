"""The chart of training losses."""

from __future__ import annotations

import numpy as np

from superb_lite.charts.figure import colour
from superb_lite.charts.losses import LossPanel, loss_chart


def test_a_panel_shows_the_mean_of_the_runs_of_each_encoder_over_the_updates():
    runs = [[3.0, 2.0, 1.0, 0.5], [1.0, 1.0, 1.0, 0.5]]
    figure = loss_chart("t", [LossPanel("one", 40, {"a": runs, "b": runs[:1]}), LossPanel("two", 8, {"b": runs})])
    one, two = figure.axes
    a, b = one.get_lines()
    assert np.allclose(a.get_xdata(), [5, 15, 25, 35])
    assert np.allclose(a.get_ydata(), np.mean(runs, axis=0))
    assert np.allclose(b.get_ydata(), runs[0])
    assert two.get_lines()[0].get_color() == colour(1)  # an encoder has its colour in every panel
    assert one.get_xlim() == (0, 40)
