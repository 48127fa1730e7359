"""SQLite and PostgreSQL give the same board, cell for cell; the server leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from clock import Clock
from postgresql_server import Server
from synthetic_results import BOARD, entry_results

from superb_lite.cli import main
from superb_lite_leaderboard.entry import About, Submitted, Tier
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.submission.bundle import write_bundle
from superb_lite_leaderboard.submission.importing import import_bundle

HELPERS = Path(__file__).parents[1]


def filled(board: Leaderboard, clock: Clock) -> Leaderboard:
    """Versions, marks, tiers, gaps, forged data, and names that databases may order, fold or cut in their own ways."""
    clock.day = 0
    board.submit("forged", [r.replace(data_sha256="f" * 64) for r in entry_results(0.9, label="forged")])
    board.submit("one", entry_results(0.5, label="old"))
    rerun = [Submitted(r, Tier.RERUN) for r in entry_results(0.7, label="new")]
    board.submit("one", rerun, About(url="https://example.org", tags=("b", "a")))
    board.submit("Half", [Submitted(r, Tier.RERUN) for r in entry_results(0.6, label="half", modalities=["touch"])])
    board.submit("half", entry_results(0.65, label="other half", modalities=["touch"]))
    board.submit("zwölf 模型 é e\u0301", [Submitted(r, Tier.RECOMPUTED, True) for r in entry_results(0.8, label="é")])
    board.submit("a % _ ' \" \\ ;--", entry_results(0.55, label="odd"), About(description="é\n" * 40))
    board.submit("gone", entry_results(0.4, label="gone"))
    board.withdraw("gone", "a mistake")
    board.merge("Half", entry_results(0.3, label="smell", modalities=["smell"]))
    board.rename("half", "the other")
    entry = board.entry("the other")
    board.promote(entry, entry.results[:1], Tier.RERUN, "run again")
    return board


@pytest.fixture
def both(
    postgresql: Server, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> tuple[Leaderboard, Leaderboard]:
    """The same board in each of the databases, where commands look for them."""
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path / "workspace"))
    sqlite, server = Leaderboard(tmp_path / "board.db", BOARD), Leaderboard(postgresql.url(), BOARD)
    return filled(sqlite, clock), filled(server, clock)


def values(board: Leaderboard) -> dict[str, Any]:
    """Everything that is read of a board."""
    histories, damaged = board.histories()
    measured = [result for entry, _ in histories for result in entry.results]
    standings = board.standings()
    return {
        "damaged": damaged,
        "events": [(entry.ref, entry.submitted, entry.withdrawn, entry.about, events) for entry, events in histories],
        "results": [board.result(result) for result in measured],
        "tables": [(s.values.tolist(), s.clusters) for s in (result.sample() for result in measured)],
        "predictions": [board.predictions(result) for result in measured],
        "standings": [row.to_dict() for row in standings.rows],
        "notes": standings.notes,
        "gains": standings.gains,
        "entries": [entry.ref for entry in board.entries()],
        "changed": board.changed(),
    }


def test_everything_that_is_read_is_the_same(both: tuple[Leaderboard, Leaderboard]) -> None:
    sqlite, postgresql = map(values, both)
    assert len(sqlite["standings"]) == 6
    assert len(sqlite["notes"]) == 5  # the forged data
    for name in sqlite:
        assert sqlite[name] == postgresql[name], name


@pytest.mark.parametrize(
    "command",
    [
        ("show", "--json"),
        ("show", "--csv"),
        ("show", "--markdown"),
        ("show",),
        ("entry", "one", "--json"),
        ("history", "one", "--json"),
        ("compare", "one", "the other", "--json"),
    ],
)
def test_what_commands_print_is_the_same(
    both: tuple[Leaderboard, Leaderboard],
    command: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    printed = []
    for board in both:
        url = board._database._engine.url.render_as_string(hide_password=False)
        monkeypatch.setattr(sys, "argv", ["superb-lite", "leaderboard", *command, "--board", url])
        capsys.readouterr()
        main()
        printed.append(capsys.readouterr().out.replace(url, "BOARD"))
    assert printed[0] == printed[1]
    assert printed[0].count("\n") > 3


def test_a_board_goes_from_one_to_the_other(
    both: tuple[Leaderboard, Leaderboard], new_url: Callable[[], str], tmp_path: Path
) -> None:
    bundles = [tmp_path / "a.zip", tmp_path / "b.zip"]
    for board, path in zip(both, bundles, strict=True):
        write_bundle(board, path)
    assert bundles[0].read_bytes() == bundles[1].read_bytes()
    third = Leaderboard(new_url(), BOARD, predictions=tmp_path / "third")
    import_bundle(third, bundles[1])
    assert {entry.ref for entry in third.versions()} == {entry.ref for entry in both[0].versions()}
    assert not any(outcome.stored for outcome in import_bundle(third, bundles[0]))


_STARTS = """
import sys, time
sys.path.insert(0, sys.argv[1])
from postgresql_server import running_server
with running_server() as server:
    print(server.directory, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_folder_of_a_server_is_removed_after_its_tests_were_killed(postgresql: Server, how: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _STARTS, str(HELPERS)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    directory = Path(process.stdout.readline().strip())
    server = int((directory / "data" / "postmaster.pid").read_text().split()[0])
    os.killpg(process.pid, how)
    process.wait(30)
    process.stdout.close()
    end = time.monotonic() + 60
    while directory.exists() and time.monotonic() < end:
        time.sleep(0.1)
    assert not directory.exists()
    command = Path(f"/proc/{server}/cmdline")
    assert not command.exists() or command.read_bytes() == b""  # that of a process that ended and nobody waits for
