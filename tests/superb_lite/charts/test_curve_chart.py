"""A line and a band for every encoder in both panels."""

from __future__ import annotations

import numpy as np
import pytest

from superb_lite.charts.curves import curve_chart
from superb_lite.evaluation.learning_curves import Curve
from superb_lite.protocols.finetune import Epoch
from tests.superb_lite.toy_tasks import classify_data, toy_task

TASK = toy_task(classify_data(train=100))


def curve(name, seeds=3):
    rng = np.random.default_rng(len(name))
    epochs = tuple(tuple(Epoch(5 * n, 2.0 / n + rng.random(), rng.random()) for n in (1, 2, 3)) for _ in range(seeds))
    return Curve(name, TASK, (1e-3,) * seeds, epochs)


def test_a_line_and_a_band_for_every_encoder_in_both_panels():
    curves = [curve("tuned"), curve("scratch one")]
    figure = curve_chart(curves)
    (legend,) = figure.legends
    assert legend.get_title().get_text() == "toy/classify, fine-tuned (mean of 3 seeds, 95% intervals)"
    assert [text.get_text() for text in legend.get_texts()] == ["tuned", "scratch one"]
    assert [axes.get_title("left") for axes in figure.axes] == ["training loss", "validation score (accuracy), %"]
    for axes, points, factor in zip(figure.axes, ("loss", "score"), (1.0, 100.0), strict=True):
        assert len(axes.lines) == len(axes.collections) == 2
        for found, line, band in zip(curves, axes.lines, axes.collections, strict=True):
            values = getattr(found, points)
            assert line.get_xydata().tolist() == [[point.step, factor * point.value] for point in values]
            corners = band.get_paths()[0].vertices.tolist()
            assert all([point.step, factor * end] in corners for point in values for end in point.ci)
            assert line.get_color() == legend.get_lines()[curves.index(found)].get_color()


def test_one_seed_has_no_interval():
    figure = curve_chart([curve("x", seeds=1)])
    assert figure.legends[0].get_title().get_text() == "toy/classify, fine-tuned (one seed: no intervals)"


@pytest.mark.parametrize("count", [1, 12])
def test_the_legend_lies_above_the_panels(count):
    figure = curve_chart([curve(f"encoder {'long' * 20} {number}") for number in range(count)])
    figure.draw_without_rendering()
    legend = figure.legends[0].get_window_extent()
    assert not any(legend.overlaps(axes.get_tightbbox()) for axes in figure.axes)
    assert min(axes.get_position().height for axes in figure.axes) * figure.get_figheight() > 1.2
