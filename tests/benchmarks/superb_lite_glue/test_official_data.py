"""Entries of a release -> the data of a task."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from superb_lite_glue.official_data import Entry, by_shared_text, hold_out, task_data


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


def joined_by_hand(pairs: list[tuple[int, int]]) -> list[set[int]]:
    """The texts that each pair reaches: from its own, again and again every pair that touches what was reached."""
    found = []
    for pair in pairs:
        reached = set(pair)
        while any(reached & set(other) and not set(other) <= reached for other in pairs):
            for other in pairs:
                if reached & set(other):
                    reached |= set(other)
        found.append(reached)
    return found


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), max_size=30))
def test_pairs_that_share_a_text_are_one_group(pairs: list[tuple[int, int]]) -> None:
    given_entries = [Entry(str(n), (f"t{a}", f"t{b}"), 0, group="x") for n, (a, b) in enumerate(pairs)]
    found = by_shared_text(given_entries)
    assert [entry._replace(group="x") for entry in found] == given_entries
    assert [entry.group for entry in found] == [
        min(f"t{text}" for text in reached) for reached in joined_by_hand(pairs)
    ]
    # In another order the same entries have the same groups.
    assert {e.id: e.group for e in by_shared_text(given_entries[::-1])} == {e.id: e.group for e in found}


def test_a_group_larger_than_validation_stays_in_training() -> None:
    """A giant component of 300 of 400 entries, and 100 groups of one: a tenth is made of the small ones."""
    for name in "abcdefgh":
        train, validation = hold_out(entries([0] * 300 + list(range(1, 101))), name)
        assert len(validation) == 40
        assert sum(e.group == "text 0" for e in train) == 300
