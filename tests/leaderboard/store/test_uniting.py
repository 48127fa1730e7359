"""Two boards that take each other's entries become the same board."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from clock import Clock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from synthetic_results import BOARD, outcomes, result

from superb_lite.results.result import Result
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.submission.bundle import write_bundle
from superb_lite_leaderboard.submission.importing import import_bundle

CONTENTS = [f"content {number}" for number in range(6)]


@functools.cache
def of_content(label: str) -> Result:
    """One small result."""
    values = outcomes("silk", 0.3 + 0.1 * CONTENTS.index(label), clusters=20)
    return result("touch-lite/silk", modality="touch", values=values, encoder=f"random:{label[-1]}")


Kept = tuple[str, str, int, int, bool]
"""A name, a content, the day of its submission on each of two boards (0: not there), whether it is withdrawn."""


def kept(*, shared: bool) -> st.SearchStrategy[list[Kept]]:
    """What two boards hold; shared: whether two names may have one content."""
    names = st.sampled_from(["a", "b", "c"])
    contents = st.integers(0, 1)
    made = st.tuples(names, contents, st.integers(0, 9), st.integers(0, 9), st.booleans())
    return st.lists(
        made.map(lambda m: (m[0], CONTENTS[m[1] if shared else 2 * "abc".index(m[0]) + m[1]], *m[2:])),
        min_size=1,
        max_size=4,
    ).filter(lambda held: not any(_in_one_moment(held, side) for side in (0, 1)))


def _in_one_moment(held: Sequence[Kept], side: int) -> bool:
    """Whether a board has two versions of a name of one second, of which nobody else can tell the newer."""
    moments = [(each[0], each[2 + side]) for each in held if each[2 + side]]
    return len(set(moments)) < len(moments)


def filled(held: Sequence[Kept], side: int, clock: Clock, predictions: Path) -> Leaderboard:
    """One of the two boards. Its versions are submitted in the order of their days."""
    board = Leaderboard("sqlite://", BOARD, predictions=predictions)
    for name, content, *days, withdrawn in sorted(held, key=lambda each: each[2 + side]):
        day = int(days[side])
        if day == 0:
            continue
        clock.day = 10 * day
        entry = board.submit(name, [of_content(content)])
        if withdrawn and not entry.withdrawn:
            clock.day = 10 * day + 3
            board.withdraw(entry.ref, f"a reason of day {day}")
    return board


def united(board: Leaderboard, other: Leaderboard) -> Leaderboard:
    """The first board with what the second holds."""
    with tempfile.TemporaryDirectory() as folder:
        write_bundle(other, Path(folder) / "other.zip")
        outcomes = import_bundle(board, Path(folder) / "other.zip")
    assert not any(outcome.refused for outcome in outcomes)
    return board


def facts(board: Leaderboard) -> dict[str, object]:
    """All that two boards which are the same have in common: not when and from where each took what it has."""
    histories, notes = board.histories()
    assert notes == []
    return {
        entry.ref: (
            entry.submitted,
            entry.withdrawn,
            entry.content,
            entry.tier,
            [(e.at, e.kind, e.detail) for e in events if e.kind in ("submitted", "withdrawn")],
        )
        for entry, events in histories
    }


Boards = Callable[[], tuple[Leaderboard, Leaderboard]]

FEW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MANY = settings(FEW, max_examples=12)


def check_same(boards: Boards) -> None:
    one, other = united(*boards()), united(*reversed(boards()))
    assert facts(one) == facts(other)
    assert one.rows() == other.rows()
    # Once more adds nothing.
    before, changes = facts(one), one.changed()
    united(one, other)
    assert (facts(one), one.changed()) == (before, changes)


def check_same_contents(boards: Boards) -> None:
    one, other = united(*boards()), united(*reversed(boards()))
    assert {entry.content for entry in one.entries()} == {entry.content for entry in other.entries()}


@pytest.fixture
def make(clock: Clock, tmp_path: Path) -> Callable[[Sequence[Kept]], Boards]:
    return lambda held: lambda: (filled(held, 0, clock, tmp_path / "a"), filled(held, 1, clock, tmp_path / "b"))


@FEW
@given(held=kept(shared=False))
def test_two_boards_that_take_each_others_entries_are_the_same(
    held: list[Kept], make: Callable[[Sequence[Kept]], Boards]
) -> None:
    check_same(make(held))


@FEW
@given(held=kept(shared=True))
def test_contents_with_several_names_stand_on_both_boards(
    held: list[Kept], make: Callable[[Sequence[Kept]], Boards]
) -> None:
    check_same_contents(make(held))


@pytest.mark.slow
@MANY
@given(held=kept(shared=False), others=kept(shared=True))
def test_many_boards_that_take_each_others_entries_are_the_same(
    held: list[Kept], others: list[Kept], make: Callable[[Sequence[Kept]], Boards]
) -> None:
    check_same(make(held))
    check_same_contents(make(others))


@pytest.mark.parametrize(
    "held",
    [
        [("a", 0, 1, 3, False), ("a", 1, 0, 2, False)],  # what is newest there is the oldest here
        [("a", 0, 1, 2, True), ("a", 0, 0, 5, False)],  # withdrawn, and submitted again
        [("a", 0, 4, 0, True), ("a", 0, 0, 4, False)],  # withdrawn on one of the boards
        [("a", 0, 3, 0, False), ("a", 1, 0, 3, False)],  # on one day
        [("a", 0, 3, 0, False), ("a", 1, 0, 2, False), ("b", 2, 0, 1, False), ("b", 3, 1, 0, True)],
    ],
)
def test_boards_that_differ_in_what_both_have_become_the_same(
    held: list[tuple[str, int, int, int, bool]], make: Callable[[Sequence[Kept]], Boards]
) -> None:
    check_same(make([(name, CONTENTS[number], *rest) for name, number, *rest in held]))  # type: ignore[misc]
