"""A panel a task, a point with its interval for every layer."""

from __future__ import annotations

import dataclasses

import pytest

from superb_lite.charts.layers import layer_chart
from superb_lite.evaluation.run import Evaluator
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, tag_data, toy_task


@pytest.fixture(scope="module")
def layers():
    tasks = [toy_task(classify_data(noise=1.0)), toy_task(tag_data(noise=1.0), form="tag")]
    return list(Evaluator(ToyEncoder(), reference="x", seeds=2).layers(tasks))


def test_a_point_and_an_interval_for_every_layer(layers):
    panels = layer_chart(layers).axes
    assert [axes.get_title("left") for axes in panels] == ["toy/classify", "toy/tag"]
    for axes, found in zip(panels, (layers[:2], layers[2:]), strict=True):
        line, *points = (artist.get_xydata().tolist() for artist in axes.lines)
        assert line == [[row.layer, 100 * row.result.score] for row in found]
        assert [point for (point,) in points] == line
        intervals = [segment.tolist() for vlines in axes.collections for segment in vlines.get_segments()]
        assert intervals == [[[row.layer, 100 * end] for end in row.result.ci] for row in found]
        low, high = axes.get_ylim()
        assert all(low < 100 * end < high for row in found for end in row.result.ci)


def test_many_panels_do_not_touch(layers):
    """13 tasks with long names, thirteen layers each: no label lies on another one."""
    many = [
        dataclasses.replace(
            layers[0],
            layer=layer,
            depth=13,
            result=layers[0].result.replace(task=f"own/{'a-very-long-name-' * 4}{task}"),
        )
        for task in range(13)
        for layer in range(13)
    ]
    figure = layer_chart(many)
    figure.draw_without_rendering()
    assert len(figure.axes) == 13
    boxes = [axes.get_tightbbox() for axes in figure.axes]
    assert not any(a.overlaps(b) for n, a in enumerate(boxes) for b in boxes[:n])
    assert all(tick == int(tick) for tick in figure.axes[0].get_xticks())
