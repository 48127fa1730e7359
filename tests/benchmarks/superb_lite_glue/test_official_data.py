"""Entries of a release -> the data of a task."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from superb_lite_glue.official_data import Entry, hold_out, task_data


def entries(groups: list[int]) -> list[Entry]:
    return [Entry(str(n), (f"text {g}", f"other {n}"), n % 2, group=f"text {g}") for n, g in enumerate(groups)]


@settings(deadline=None)
@given(st.lists(st.integers(0, 12), min_size=2, max_size=80))
def test_validation_is_whole_groups_and_nothing_is_lost(groups: list[int]) -> None:
    given_entries = entries(groups)
    train, validation = hold_out(given_entries, "a")
    assert sorted((*train, *validation)) == sorted(given_entries)
    assert {e.group for e in train}.isdisjoint(e.group for e in validation)
    assert bool(validation) == (len(set(groups)) > 1)
    assert train


def test_a_tenth_is_drawn_by_content_and_not_by_order() -> None:
    found = entries(list(range(500)))
    _, validation = hold_out(found, "a")
    assert len(validation) == 50
    random.Random(0).shuffle(found)
    assert {e.group for e in hold_out(found, "a")[1]} == {e.group for e in validation}
    assert {e.group for e in hold_out(found, "b")[1]} != {e.group for e in validation}
    # As a random draw would: not the first, the last or every tenth.
    numbers = [int(e.id) for e in validation]
    assert 170 < sum(numbers) / len(numbers) < 330


def test_at_most_two_thousand() -> None:
    assert len(hold_out(entries(list(range(30_000))), "a")[1]) == 2000


def test_equal_texts_are_one_item_and_ids_begin_with_the_task() -> None:
    data = task_data(
        "set-task",
        train=[Entry("t-1", ("a", "b"), 0, "a"), Entry("t-2", ("a", "c"), 1, "a")],
        validation=[Entry("t-3", ("b", "a"), 1, "b")],
        test=[Entry("d-1", ("c", "d"), 0, "c")],
    )
    assert dict(data.items) == {
        "set-task-t-1": "a",
        "set-task-t-1-b": "b",
        "set-task-t-2-b": "c",
        "set-task-d-1-b": "d",
    }
    assert data.validation[0].items == ("set-task-t-1-b", "set-task-t-1")
    assert data.train[0].cluster == data.train[1].cluster != data.validation[0].cluster
    assert data.test[0].id == "set-task-d-1"
    assert data.test[0].cluster.startswith("set-task-")


@pytest.mark.parametrize("size", [1, 2])
def test_a_single_group_stays_in_training(size: int) -> None:
    train, validation = hold_out(entries([3] * size), "a")
    assert (len(train), validation) == (size, [])
