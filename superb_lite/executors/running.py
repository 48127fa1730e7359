"""Running units in the order that they ask for, and again where a worker died."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any

from superb_lite.errors import SuperbLiteError, counted, foreign_errors, one_line, reason
from superb_lite.executors.base import Executor, Unit
from superb_lite.executors.worker import Answer

RETRIES = 3
"""How often a unit is begun again whose worker died."""


def run_units(
    executor: Executor, units: Sequence[Unit], *, report: Callable[[str], None] = lambda line: None
) -> Iterator[tuple[Unit, Any]]:
    """The answers of units, each as soon as it is there.

    A unit that fails does not stop the others, but for those that come after it. Names are unique, and `after` names
    units of the same list.

    report: called with one line when a worker died.

    Raises `SuperbLiteError` when all others are done and one has failed: the first failure, and how many there are.
    """
    waiting = {unit.name: unit for unit in units}
    answers: dict[str, Any] = {}
    needed = {name for unit in units for name in unit.after}
    running: dict[Future[Any], Unit] = {}
    begun: dict[str, int] = {}
    failures: dict[str, str] = {}

    def begin() -> None:
        for unit in list(waiting.values()):
            if executor.at_once is not None and len(running) >= executor.at_once:
                return
            if any(name in failures for name in unit.after):
                failures[waiting.pop(unit.name).name] = ""
            elif all(name in answers for name in unit.after):
                del waiting[unit.name]
                begun[unit.name] = begun.get(unit.name, 0) + 1
                before = (answers[name] for name in unit.after)
                with foreign_errors(f"'{one_line(unit.name, 80)}' cannot be sent to a worker"):
                    running[executor.start(unit, (*unit.arguments, *before))] = unit

    def fail(unit: Unit, message: str) -> None:
        failures[unit.name] = f"{one_line(unit.name, 80)}: {message}"

    try:
        begin()
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                unit, error = running.pop(future), future.exception()
                if error is not None and executor.died(error):
                    if begun[unit.name] <= RETRIES:
                        report(f"a worker died during {unit.name}: it is done again")
                        waiting[unit.name] = unit
                    else:
                        fail(
                            unit,
                            f"its worker died {counted(begun[unit.name], 'time')}: does it need more memory, or time?",
                        )
                elif error is not None:
                    if os.environ.get("SUPERB_LITE_DEBUG"):
                        raise error
                    fail(unit, reason(error))
                elif (answer := _answer(future)).error:
                    fail(unit, answer.error)
                else:
                    if unit.name in needed:
                        answers[unit.name] = executor.shared(answer.value)
                    yield unit, answer.value
            begin()
    finally:
        for future in running:
            future.cancel()
    said = [message for message in failures.values() if message]
    if said:
        left = len(failures) + len(waiting)  # what waits for a failure that came after it in the list
        more = f" ({left} of {len(units)} units were not done)" if left > 1 else ""
        raise SuperbLiteError(f"{said[0]}{more}")


def _answer(future: Future[Any]) -> Answer:
    found: Answer = future.result()
    return found
