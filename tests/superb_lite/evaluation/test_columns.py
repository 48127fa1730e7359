"""Which tasks are evaluated under which protocols."""

import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.columns import check_column, columns_of, default_columns
from superb_lite.forms import form_of
from superb_lite.protocols import protocol


def test_a_set_leaves_out_the_tasks_that_a_protocol_does_not_go_with():
    columns, left_out = columns_of("clue-lite", "text", "x", "knn")
    assert left_out
    assert {task.name for task, _ in columns} | set(left_out) == {task.name for task in plugins.taskset("clue-lite")}
    assert all(protocol("knn").takes(form_of(task)) for task, _ in columns)
    assert not any(protocol("knn").takes(form_of(plugins.tasks(name)[0])) for name in left_out)
    assert {name for _, name in columns} == {"knn"}


def test_a_task_that_is_named_in_full_stays_and_is_refused():
    columns, left_out = columns_of(["clue-lite", "clue-lite/pos"], "text", "x", "knn")
    assert "clue-lite/pos" in [task.name for task, _ in columns]
    assert "clue-lite/pos" not in left_out
    with pytest.raises(SuperbLiteError, match=r"protocol 'knn' does not go with form 'tag' \(task 'clue-lite/pos'\)"):
        check_column(*next(column for column in columns if column[0].name == "clue-lite/pos"))


def test_when_nothing_would_be_left_all_stay_to_be_refused():
    columns, left_out = columns_of("clue-lite/po*", "text", "x", "knn")
    assert [task.name for task, _ in columns] == ["clue-lite/pos"]
    assert not left_out


def test_without_a_protocol_each_task_has_its_own_and_none_is_left_out():
    columns, left_out = columns_of("clue-lite", "text", "x", None)
    assert columns == [(task, task.protocols[0]) for task in plugins.taskset("clue-lite")]
    assert not left_out
    columns, left_out = default_columns("text", "incontext")
    assert {form_of(task).name for task, _ in columns} <= {"classify", "choose"}
    assert left_out


def test_a_set_leaves_out_what_asks_for_a_language_model_beside_others():
    columns, left_out = columns_of("superglue", "text", "x", None)
    assert left_out == ["superglue/copa"]
    assert len(columns) == 9
    columns, left_out = columns_of(["superglue", "superglue/copa"], "text", "x", None)
    assert (len(columns), left_out) == (10, [])


def test_what_needs_a_language_model_is_measured_where_it_is_named():
    names = {task.name for task, _ in default_columns("text", None)[0]}
    assert "glue-lite/rte" in names
    assert "shots-lite/arithmetic" not in names
    assert "xtreme-lite/qa-en" not in names
    assert {task.name for task, _ in columns_of("shots-lite", "text", "x", None)[0]} == {
        "shots-lite/arithmetic",
        "shots-lite/kinds",
    }
