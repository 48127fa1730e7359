"""Versions of a name: their changes are the paired differences of the results."""

from __future__ import annotations

import json

import numpy as np
import pytest
from rich.console import Console
from scipy import stats
from synthetic_results import entry_results

from superb_lite.errors import UnknownNameError
from superb_lite_leaderboard.entry import About
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.terminal.history import render
from superb_lite_leaderboard.views.history import HistoryView


@pytest.fixture
def view(leaderboard: Leaderboard) -> HistoryView:
    first = entry_results(0.5, label="a")
    better = entry_results(0.7, label="b")
    leaderboard.submit("mine", first)
    leaderboard.submit("mine", [*better[:3], *first[3:]], About(url="https://a.b"))
    leaderboard.submit("mine", [better[0].replace(data_sha256="f" * 64), *better[1:]])
    leaderboard.withdraw("mine@3", "a wrong file [bold]\x1b[2J")
    return HistoryView.of(leaderboard, "mine")


def test_changes_are_paired_differences(view: HistoryView, leaderboard: Leaderboard) -> None:
    assert [version.ref for version in view.versions] == ["mine@3", "mine@2", "mine@1"]
    newest, middle, oldest = view.versions
    assert oldest.changes == ()
    assert (middle.same, len(middle.changes), middle.incomparable) == (2, 3, ())
    results = [{(r.task, r.protocol): r for r in leaderboard.entry(f"mine@{n}").results} for n in (1, 2)]
    for change in middle.changes:
        key = (change.task, change.protocol)
        old, new = results[0][key], results[1][key]
        assert change.difference == pytest.approx(100 * (new.score - old.score))
        paired = np.mean(new.sample().values, axis=0) - np.mean(old.sample().values, axis=0)
        half = 100 * stats.t.ppf(0.975, len(paired) - 1) * stats.sem(paired)
        assert half * 0.99 <= change.hi - change.difference <= 1.5 * half
        assert change.clear
    assert newest.incomparable == ("smell-lite/rose",)
    assert [event.kind for event in newest.events] == ["submitted", "withdrawn"]
    assert json.loads(json.dumps(view.to_dict()))["versions"][0]["ref"] == "mine@3"


def test_the_terminal_shows_them_in_80_columns(view: HistoryView) -> None:
    console = Console(width=80)
    with console.capture() as capture:
        console.print(render(view))
    text = capture.get()
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
    assert "a wrong file [bold]\\x1b[2J" in text
    assert "2 columns are as they were" in text
    assert "not comparable, another version or other data: smell-lite/rose" in text
    for change in view.versions[1].changes:
        assert f"+{change.difference:.1f} ± {(change.hi - change.lo) / 2:.1f}" in text


def test_a_name_that_is_not_there_is_named(leaderboard: Leaderboard, view: HistoryView) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'mine'"):
        HistoryView.of(leaderboard, "mne")
