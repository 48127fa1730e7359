"""Units run in the order that they ask for, and again where a worker died."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superb_lite.errors import SuperbLiteError
from superb_lite.executors.base import Unit
from superb_lite.executors.running import RETRIES, run_units
from tests.superb_lite.executors.in_process import InProcess, WorkerDiedError


def add(*numbers):
    return sum(numbers)


def refuse(message):
    raise SuperbLiteError(message)


def break_down():
    raise ZeroDivisionError("a defect")


@given(st.lists(st.lists(st.integers(0, 20), max_size=3), min_size=1, max_size=12), st.sampled_from([None, 1, 3]))
def test_every_unit_runs_once_and_after_those_that_it_names(before, at_once):
    units = []
    for number, wanted in enumerate(before):
        after = tuple(f"unit {each}" for each in dict.fromkeys(wanted) if each < number)
        units.append(Unit(f"unit {number}", add, (1,), after))
    expected = []  # one more than the sum of those before, by a plain loop
    for unit in units:
        expected.append(1 + sum(expected[int(name.split()[1])] for name in unit.after))

    executor = InProcess()
    executor.at_once = at_once
    found = {unit.name: value for unit, value in run_units(executor, list(reversed(units)))}

    assert [found[f"unit {number}"] for number in range(len(units))] == expected
    assert Counter(executor.began) == Counter(unit.name for unit in units)
    began = {name: place for place, name in enumerate(executor.began)}
    assert all(began[name] < began[unit.name] for unit in units for name in unit.after)


@pytest.mark.parametrize("order", [1, -1])
def test_what_fails_stops_only_what_comes_after_it(order):
    units = [
        Unit("bad", refuse, ("no data at 'x'",)),
        Unit("after", add, (1,), ("bad",)),
        Unit("after that", add, (1,), ("after",)),
        Unit("good", add, (1, 2)),
    ]
    executor = InProcess()

    with pytest.raises(SuperbLiteError, match=r"^bad: no data at 'x' \(3 of 4 units were not done\)$"):
        list(run_units(executor, units[::order]))

    assert executor.began == ["bad", "good"][::order]


def test_a_defect_is_named_with_its_unit_and_shown_where_it_is_asked_for(monkeypatch):
    with pytest.raises(
        SuperbLiteError, match=r"^odd: ZeroDivisionError: a defect \(SUPERB_LITE_DEBUG=1 shows where\)$"
    ):
        list(run_units(InProcess(), [Unit("odd", break_down)]))

    monkeypatch.setenv("SUPERB_LITE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        list(run_units(InProcess(), [Unit("odd", break_down)]))


def test_a_unit_whose_worker_died_is_done_again_and_no_other():
    deaths = iter([True, False])

    def dies(unit):
        if unit.name == "killed" and next(deaths):
            raise WorkerDiedError

    executor, lines = InProcess(dies=dies), []
    units = [Unit("first", add, (1,)), Unit("killed", add, (2,)), Unit("last", add, (3,), ("killed",))]

    found = {unit.name: value for unit, value in run_units(executor, units, report=lines.append)}

    assert found == {"first": 1, "killed": 2, "last": 5}
    assert Counter(executor.began) == {"first": 1, "killed": 2, "last": 1}
    assert lines == ["a worker died during killed: it is done again"]


def test_a_unit_that_kills_every_worker_is_given_up():
    def dies(unit):
        raise WorkerDiedError

    executor = InProcess(dies=dies)

    with pytest.raises(SuperbLiteError, match=r"^large: its worker died 4 times: does it need more memory, or time\?$"):
        list(run_units(executor, [Unit("large", add, (1,))]))

    assert executor.began == ["large"] * (1 + RETRIES)


def test_what_cannot_be_sent_is_named():
    class Sends(InProcess):
        def start(self, unit, arguments):
            raise TypeError("cannot pickle 'lock' objects")

    with pytest.raises(SuperbLiteError, match=r"^'odd' cannot be sent to a worker: TypeError: cannot pickle 'lock'"):
        list(run_units(Sends(), [Unit("odd", add)]))
