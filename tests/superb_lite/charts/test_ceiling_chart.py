import itertools

import pytest

from superb_lite.charts.ceilings import ceiling_chart, relative
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, tag_data, toy_task


@pytest.fixture(scope="module")
def results():
    """Two encoders on two tasks; the second encoder lacks one."""
    tasks = [toy_task(classify_data(noise=1.0, test=30)), toy_task(tag_data(noise=1.0, test=20), form="tag")]
    found = [
        r.replace(encoder="raw:rows", ceiling=dict.fromkeys(r.metrics, 0.8), floor=dict.fromkeys(r.metrics, 0.4))
        for r in evaluate(ToyEncoder(), tasks, seeds=2)
    ]
    return [*found, found[0].replace(encoder="a <b> & c", score=0.8, ci=(0.7, 0.9))]


def test_the_ceiling_is_one(results):
    last = relative(results[-1])
    assert (last.value, last.ci, last.floor) == (
        pytest.approx(1.0),
        (pytest.approx(0.875), pytest.approx(1.125)),
        pytest.approx(0.5),
    )


def test_an_error_counts_as_what_is_left_of_it(results):
    wrong = results[0].replace(
        metrics={"per": 0.28}, score=0.28, ci=(0.2, 0.4), ceiling={"per": 0.1}, floor={"per": 0.7}
    )
    found = relative(wrong)
    assert found.value == pytest.approx(0.72 / 0.9)
    assert found.ci == (pytest.approx(0.6 / 0.9), pytest.approx(0.8 / 0.9))
    assert found.floor == pytest.approx(0.3 / 0.9)


def test_several_metrics_are_averaged_like_the_score(results):
    two = results[0].replace(
        metrics={"accuracy": 0.6, "mcc": 0.2},
        score=0.4,
        ci=(0.3, 0.5),
        ceiling={"accuracy": 0.9, "mcc": 0.7},
        floor={"accuracy": 0.5, "mcc": 0.0},
    )
    assert relative(two).value == pytest.approx(0.4 / 0.8)


def rows_of(figure):
    """The points by colour: {colour: [(value, row)]}, and the intervals in the order they were drawn."""
    (axes,) = figure.axes
    points = {}
    for line in axes.lines[1:]:
        points.setdefault(line.get_color(), []).append(tuple(line.get_xydata()[0].tolist()))
    return points


def test_a_point_with_its_interval_for_every_result_and_a_line_at_the_ceiling(results):
    figure = ceiling_chart(results)
    (axes,) = figure.axes
    ceiling = axes.lines[0]
    assert set(ceiling.get_xdata()) == {1.0}
    points = rows_of(figure)
    first, second = points.values()
    assert [value for value, _ in first] == pytest.approx([relative(r).value for r in results[:2]])
    assert [value for value, _ in second] == pytest.approx([1.0])  # the encoder that reaches the ceiling
    segments = [tuple(map(tuple, s.tolist())) for lines in axes.collections for s in lines.get_segments()]
    for drawn, found in (*zip(first, map(relative, results[:2]), strict=True), (*second, relative(results[2]))):
        assert tuple((end, drawn[1]) for end in found.ci) in segments
    floors = [s for s in segments if s[0][0] == s[1][0]]
    assert [s[0][0] for s in floors] == pytest.approx([0.5, 0.5])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["classify", "tag"]
    (legend,) = figure.legends
    assert legend.get_title().get_text().startswith("toy, frozen: score relative to the ceiling")
    assert [text.get_text() for text in legend.get_texts()] == ["raw:rows", "a <b> & c", "ceiling", "floor"]
    colours = [line.get_color() for line in legend.get_lines()]
    assert colours[:2] == list(points)


def test_protocols_are_named_where_they_differ(results):
    tuned = results[0].replace(protocol="finetune")
    labels = ceiling_chart([results[0], tuned]).axes[0].get_yticklabels()
    assert [label.get_text() for label in labels] == ["classify (frozen)", "classify (finetune)"]


def test_thirteen_tasks_and_long_names_do_not_overlap(results):
    many = [
        results[0].replace(encoder=f"hf:{'organisation/' * 6}{encoder}", task=f"toy/{'task' * 12}{task}")
        for task in range(13)
        for encoder in range(6)
    ]
    figure = ceiling_chart(many)
    figure.draw_without_rendering()
    (axes,), (legend,) = figure.axes, figure.legends
    width, height = figure.get_size_inches() * figure.dpi
    labels = [label.get_window_extent() for label in axes.get_yticklabels()]
    assert not legend.get_window_extent().overlaps(axes.get_tightbbox())
    assert not any(a.overlaps(b) for a, b in itertools.pairwise(labels))
    names = [text.get_window_extent() for text in legend.get_texts()]
    assert not any(a.overlaps(b) for a, b in itertools.pairwise(names))
    assert all(box.x0 >= 0 and box.x1 <= width and box.y1 <= height for box in (*labels, *names))
    assert axes.get_position().width * width > 300
    points = sorted(y for row in rows_of(figure).values() for _, y in row)
    pixels = [axes.transData.transform((0, y))[1] for y in points]
    assert min(abs(a - b) for a, b in itertools.pairwise(pixels)) > 8  # a point is 7 pixels wide


def test_what_has_no_ceiling_is_refused_by_name(results):
    bare = results[1].replace(ceiling=None, floor=None)
    with pytest.raises(SuperbLiteError, match=r"'raw:rows' on 'toy/tag' \(frozen\) has no ceiling: leave it out"):
        ceiling_chart([results[0], bare])
    zero = results[0].replace(ceiling={"accuracy": 0.0})
    with pytest.raises(SuperbLiteError, match="the ceiling of 'toy/classify' is not above 0"):
        ceiling_chart([zero])


def test_what_does_not_belong_in_one_chart_is_refused(results):
    other = results[0].replace(task="other/classify")
    with pytest.raises(SuperbLiteError, match="a chart shows one task set, and these results are of toy and other"):
        ceiling_chart([*results, other])
    with pytest.raises(SuperbLiteError, match="'raw:rows' has two results on 'toy/classify'"):
        ceiling_chart([results[0], results[0]])
    newer = results[0].replace(encoder="new", task_version=2)
    with pytest.raises(SuperbLiteError, match="different versions or data of 'toy/classify'"):
        ceiling_chart([results[0], newer])
