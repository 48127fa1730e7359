"""What a submitter declares an encoder to have been pretrained on marks the tasks it was trained on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from synthetic_results import BOARD, SMELL, TOUCH, entry_results

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.results.pretraining import Pretraining
from superb_lite.results.result import Result
from superb_lite_leaderboard.board import Column, resolve_columns
from superb_lite_leaderboard.entry import Submitted, Tier
from superb_lite_leaderboard.plausibility import check_said
from superb_lite_leaderboard.submission.said import declared

OWN = "garden"
"""The corpus of the first column."""


def known(result: Result, corpora: tuple[str, ...] | None, *, complete: bool = True, seen: bool | None) -> Submitted:
    said = None if corpora is None else Pretraining(corpora=corpora, corpora_complete=complete)
    return Submitted(result.replace(pretraining=said, in_domain=seen), Tier.RERUN)


@pytest.fixture
def result(monkeypatch: pytest.MonkeyPatch) -> Result:
    """Of the first column, whose task has a corpus."""
    first = replace(SMELL.tasks[0], corpus=OWN)
    smell = replace(SMELL, tasks=(first, *SMELL.tasks[1:]))
    monkeypatch.setattr(plugins, "tasksets", lambda: {smell.name: smell, TOUCH.name: TOUCH})
    return next(each for each in entry_results(0.7, label="x") if each.task == first.name)


def column_of(result: Result) -> Column:
    return next(column for column in resolve_columns(BOARD) if column.task.name == result.task)


@pytest.mark.parametrize(
    ("before", "complete", "seen", "named", "after", "marked"),
    [
        (None, True, None, [OWN], (OWN,), True),
        (None, True, None, ["books"], ("books",), False),
        (("books",), False, None, [OWN], ("books", OWN), True),  # a card, which is added to
        ((OWN,), False, True, ["books"], (OWN, "books"), True),
        (("books",), True, False, [OWN], ("books",), False),  # weights that say it themselves
        (None, True, None, [], None, None),
        (None, True, False, [OWN], None, False),  # never trained
    ],
)
def test_a_declaration_marks_what_nobody_knew(result, before, complete, seen, named, after, marked) -> None:
    given = known(result, before, complete=complete, seen=seen)
    found = declared(given, named, BOARD).result
    assert found.in_domain is marked
    said = None if found.pretraining is None else found.pretraining.corpora
    assert said == after
    check_said(found, column_of(result))


def test_a_mark_that_does_not_follow_is_refused(result: Result) -> None:
    column = column_of(result)
    check_said(known(result, ("books",), complete=False, seen=None).result, column)
    check_said(known(result, (OWN,), complete=False, seen=True).result, column)
    for complete, seen in ((False, False), (True, None), (True, True)):
        with pytest.raises(SuperbLiteError, match="field 'in_domain'"):
            check_said(known(result, ("books",), complete=complete, seen=seen).result, column)
