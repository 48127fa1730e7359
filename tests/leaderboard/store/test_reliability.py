"""Many at once, killed at any moment, locked out: the board is whole and what was acknowledged is there."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from synthetic_results import BOARD, entry_results

from superb_lite.errors import SuperbLiteError
from superb_lite.results.result import Result
from superb_lite_leaderboard.entry import Submitted, Tier
from superb_lite_leaderboard.store.leaderboard import Leaderboard

FORK = multiprocessing.get_context("fork")  # keeps the registered made-up tasks


def one_result(label: str) -> list[Submitted]:
    result: Result = entry_results(0.5, label=label, modalities=["touch"])[0]
    return [Submitted(result, Tier.RERUN)]


def _submit(path: Path, label: str, number: int, barrier: Any) -> None:
    barrier.wait()
    for i in range(number):
        Leaderboard(path, BOARD).submit(f"{label}-{i}", one_result(label))


def _read(path: Path, stop: Any, failures: Any, barrier: Any) -> None:
    barrier.wait()
    seen = 0
    while not stop.is_set():
        try:
            found = len(Leaderboard(path, BOARD).entries())
        except SuperbLiteError as error:
            failures.put(str(error))
            return
        if found < seen:
            failures.put(f"{found} entries after {seen}")
            return
        seen = found
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.parametrize(("submitters", "each"), [(8, 30)])
def test_many_submit_while_others_read(tmp_path: Path, submitters: int, each: int) -> None:
    path = tmp_path / "board.db"
    barrier, stop, failures = FORK.Barrier(submitters + 2), FORK.Event(), FORK.SimpleQueue()
    writers = [FORK.Process(target=_submit, args=(path, f"w{n}", each, barrier)) for n in range(submitters)]
    readers = [FORK.Process(target=_read, args=(path, stop, failures, barrier)) for _ in range(2)]
    started = time.perf_counter()
    for process in (*writers, *readers):
        process.start()
    for process in writers:
        process.join(600)
    stop.set()
    for process in readers:
        process.join(60)
    said = [] if failures.empty() else [failures.get()]
    rows = len(Leaderboard(path, BOARD).entries())
    print(f"{submitters} x {each} submissions, 2 readers: {rows} rows in {time.perf_counter() - started:.1f} s, {said}")
    assert [process.exitcode for process in writers] == [0] * submitters
    assert said == []
    assert rows == submitters * each


def _submit_and_tell(path: Path, label: str, told: int) -> None:
    number = 0
    while True:
        entry = Leaderboard(path, BOARD).submit(f"{label}-{number}", one_result(f"{label}-{number}"))
        os.write(told, f"{entry.ref}\n".encode())
        number += 1


@pytest.mark.slow
def test_what_was_acknowledged_survives_a_kill_at_any_moment(tmp_path: Path) -> None:
    path, moments, acknowledged = tmp_path / "board.db", 80, set()
    rng = random.Random(7)
    started = time.perf_counter()
    Leaderboard(path, BOARD).submit("first", one_result("first"))
    once = time.perf_counter() - started
    for moment in range(moments):
        receive, send = os.pipe()
        worker = FORK.Process(target=_submit_and_tell, args=(path, f"m{moment}", send))
        worker.start()
        os.close(send)
        time.sleep(rng.uniform(0.0, 4 * once))
        os.kill(worker.pid or 0, signal.SIGKILL)
        worker.join(30)
        with os.fdopen(receive, "rb") as told:
            lines = told.read().decode().split("\n")
        acknowledged |= set(lines[:-1])  # a line without its end was not told
    leaderboard = Leaderboard(path, BOARD)
    entries = {entry.ref: entry for entry in leaderboard.entries()}
    with sqlite3.connect(path) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchone()
    print(f"{moments} kills: {len(acknowledged)} acknowledged, {len(entries)} there, integrity {found[0]}")
    assert found == ("ok",)
    assert len(acknowledged) > 20
    assert acknowledged <= entries.keys()
    for ref in sorted(acknowledged)[::10]:
        assert leaderboard.predictions(entries[ref].results[0]) is not None
    assert leaderboard.standings().notes == ()


def test_another_processes_lock_is_one_line_after_a_short_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "board.db"
    Leaderboard(path, BOARD).submit("one", one_result("one"))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    started = time.perf_counter()
    with pytest.raises(SuperbLiteError, match="locked") as error:
        Leaderboard(path, BOARD).standings()
    waited = time.perf_counter() - started
    print(f"a reader waited {waited:.1f} s for another process's lock")
    assert waited < 15
    assert len(str(error.value).splitlines()) == 1
    other.execute("ROLLBACK")
    other.close()
    assert len(Leaderboard(path, BOARD).entries()) == 1
