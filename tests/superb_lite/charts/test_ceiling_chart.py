import xml.etree.ElementTree as ElementTree

import pytest

from superb_lite.charts.ceilings import ceiling_chart, relative
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, tag_data, toy_task

SVG = "{http://www.w3.org/2000/svg}"


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


def test_the_picture_has_a_dot_for_every_result_and_a_rule_at_the_ceiling(results):
    picture = ElementTree.fromstring(ceiling_chart(results))
    (panel,) = picture.findall(f"{SVG}g")
    dots = panel.findall(f"{SVG}circle")
    assert len(dots) == 3
    (ceiling,) = [line for line in panel.findall(f"{SVG}line") if line.get("stroke-width") == "1.5"]
    by_colour = {}
    for dot in dots:
        by_colour.setdefault(dot.get("fill"), []).append(dot)
    (other,) = min(by_colour.values(), key=len)
    assert other.get("cy") == ceiling.get("y1")  # the encoder that reaches the ceiling
    words = [text.text for text in picture.iter(f"{SVG}text")]
    assert words.count("a <b> & c") == words.count("raw:rows") == 1
    assert {"classify", "tag", "frozen", "ceiling"} <= set(words)
    for dot in dots:
        (interval,) = [
            line for line in panel.findall(f"{SVG}line") if line.get("x1") == line.get("x2") == dot.get("cx")
        ]
        low, high = sorted((float(interval.get("y1")), float(interval.get("y2"))))
        assert low <= float(dot.get("cy")) <= high


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
