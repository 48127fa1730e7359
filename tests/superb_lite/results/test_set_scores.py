"""The score of a task set, in tables too."""

from __future__ import annotations

import dataclasses

import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from superb_lite.results import scale
from superb_lite.results.set_scores import set_score, set_scores
from superb_lite.results.tables import grid
from superb_lite.tasks.taskset import TaskSet
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, tag_data, toy_task

TASKS = (
    dataclasses.replace(toy_task(classify_data(noise=1.0, test=30)), name="toy/a"),
    dataclasses.replace(toy_task(classify_data(noise=2.0, test=20)), name="toy/b"),
    dataclasses.replace(toy_task(tag_data(noise=1.0, test=20), form="tag"), name="toy/c"),
)
TOY = TaskSet("toy", TASKS, average=(("toy/a",), ("toy/b", "toy/c")))


@pytest.fixture(scope="module")
def results():
    return [r.replace(encoder="one") for r in evaluate(ToyEncoder(), list(TASKS), seeds=3)]


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setattr(plugins, "tasksets", lambda: {"toy": TOY, "other": TaskSet("other", ())})


def test_groups_count_once(results):
    a, b, c = (result.score for result in results)
    score = set_score(TOY, {result.task: result for result in results})
    assert score.estimate == pytest.approx((a + (b + c) / 2) / 2)
    assert score.lo < score.estimate < score.hi


def test_a_set_without_a_score_and_an_encoder_without_all_tasks_have_none(results):
    by_task = {result.task: result for result in results}
    assert set_score(dataclasses.replace(TOY, average=()), by_task) is None
    assert set_score(TOY, {name: by_task[name] for name in ("toy/a", "toy/b")}) is None
    assert set_score(TOY, {**by_task, "toy/c": by_task["toy/c"].replace(limit=5)}) is None


def test_protocols_are_not_mixed(results):
    mixed = [*results[:2], results[2].replace(protocol="finetune")]
    assert set_scores(mixed) == {}
    assert set(set_scores([*results, *mixed[2:]])) == {("toy", "frozen")}


def test_it_is_the_last_row_of_a_table_where_an_encoder_has_it(results):
    other = [result.replace(encoder="two") for result in results[:2]]
    header, rows = grid([*results, *other])
    assert header == ["task", "protocol", "one", "two"]
    score = set_scores(results)["toy", "frozen"]["one"]
    expected = f"{100 * score.estimate:.1f} [{100 * score.lo:.1f}, {100 * score.hi:.1f}]"
    assert rows[-1] == ["toy (mean)", "frozen", expected, ""]
    assert [row[0] for row in rows[:-1]] == ["toy/a", "toy/b", "toy/c"]
    assert len(grid(other)[1]) == 2


def test_an_average_of_what_is_not_in_the_set_is_refused():
    with pytest.raises(SuperbLiteError, match="task set 'toy' averages 'toy/d', which is not one of its tasks"):
        TaskSet("toy", TASKS, average=(("toy/d",),))


def test_official_sets_are_left_out_where_all_tasks_are_meant(monkeypatch):
    official = TaskSet("toy", TASKS, official=True)
    modality = TASKS[0].modality
    assert plugins.embedded_tasks(modality) == TASKS
    monkeypatch.setattr(plugins, "tasksets", lambda: {"toy": official})
    assert plugins.embedded_tasks(modality) == ()
    assert plugins.tasks("toy") == TASKS


def test_a_task_that_was_not_calibrated_yet_has_no_scale(monkeypatch, tmp_path):
    """A set may grow before its floors and ceilings are measured again."""
    package = tmp_path / "half_calibrated"
    package.mkdir()
    (package / "__init__.py").write_text("")
    ends = '{"floor": {"accuracy": 0.2}, "ceiling": {"accuracy": 0.9}}'
    entry = f'{{"version": {TASKS[0].version}, "protocols": {{"frozen": {ends}}}}}'
    (package / "calibration.json").write_text(f'{{"tasks": {{"toy/a": {entry}}}}}')
    monkeypatch.syspath_prepend(tmp_path)
    known = dataclasses.replace(TOY, calibration="half_calibrated:calibration.json")
    monkeypatch.setattr(plugins, "tasksets", lambda: {"toy": known})
    assert scale.scale(TASKS[0], "frozen").ceiling == {"accuracy": 0.9}
    assert scale.scale(TASKS[1], "frozen") is None
    one, two = evaluate(ToyEncoder(), list(TASKS[:2]), seeds=2)
    assert one.normalised is not None
    assert two.normalised is None
