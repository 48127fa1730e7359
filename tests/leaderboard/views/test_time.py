"""Every version stands where it was submitted, with the score that it has today."""

from __future__ import annotations

import pytest
from synthetic_results import entry_results

from superb_lite_leaderboard.pages.site import SiteContext
from superb_lite_leaderboard.pages.time import render_time
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.views.time import moments


def test_older_versions_have_their_scores_too(leaderboard: Leaderboard) -> None:
    leaderboard.submit("one", entry_results(0.4, label="old"))
    first = leaderboard.standings().rows[0].overall
    leaderboard.submit("one", entry_results(0.8, label="new"))
    leaderboard.submit("half", entry_results(0.8, label="half", modalities=["touch"]))
    standings = leaderboard.standings()
    found = {each.ref: each for each in moments(leaderboard, standings)}
    assert sorted(found) == ["half@1", "one@1", "one@2"]  # two of them may be of one second
    assert first is not None
    assert (found["one@1"].score, found["one@1"].ci) == (pytest.approx(first.score), pytest.approx(first.ci))
    second = {row.name: row.overall for row in standings.rows}["one"]
    assert second is not None
    assert found["one@2"].score == second.score
    assert found["half@1"].score is None
    html = render_time(list(found.values()), SiteContext("senses", 7))
    assert html.count("<tr>") == 4
    assert '<script type="application/json"' in html
    leaderboard.withdraw("one@2")
    found = {each.ref: each for each in moments(leaderboard, leaderboard.standings())}
    assert found["one@2"].withdrawn
    assert found["one@1"].score == pytest.approx(first.score)


def test_a_board_without_scores_says_so(leaderboard: Leaderboard) -> None:
    leaderboard.submit("half", entry_results(0.8, label="half", modalities=["touch"]))
    html = render_time(moments(leaderboard, leaderboard.standings()), SiteContext("senses", 7))
    assert "No entry has an overall score yet" in html
