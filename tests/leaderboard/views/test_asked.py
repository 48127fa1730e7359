"""Words of an address or a command line, and the query that they stand for."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superb_lite.errors import SuperbLiteError
from superb_lite_leaderboard.entry import Tier
from superb_lite_leaderboard.views.asked import MANY, ONCE, Asked, asked_of, query_of
from superb_lite_leaderboard.views.costs import AXES
from superb_lite_leaderboard.views.query import BoardQuery

WORD = st.text(st.characters(exclude_categories=("Zs", "Cc", "Cs")), max_size=8).map(str.strip)
WORDS = st.lists(WORD.filter(bool), max_size=3).map(tuple)
QUERIES = st.builds(
    BoardQuery,
    modality=WORD,
    tasksets=WORDS,
    tier=st.sampled_from(Tier),
    tag=WORD,
    search=WORD,
    most_parameters=st.none() | st.floats(1e-3, 1e12),
    costs=st.lists(st.sampled_from([*AXES]), unique=True).map(tuple),
    sort=WORD,
    pinned=WORDS,
)


@given(QUERIES)
def test_a_query_is_found_again_in_its_words(query: BoardQuery) -> None:
    asked: dict[str, list[str]] = {}
    for name, value in asked_of(query):
        asked.setdefault(name, []).append(value)
    assert query_of(asked) == query
    assert asked.keys() <= {*ONCE, *MANY}


def test_every_part_of_a_query_has_a_word() -> None:
    assert len({*ONCE, *MANY}) == len(dataclasses.fields(BoardQuery))
    assert query_of({}) == query_of({name: [""] for name in (*ONCE, *MANY)}) == BoardQuery()
    assert asked_of(BoardQuery()) == []


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"colour": ["red"]}, "unknown filter 'colour'"),
        ({"sorts": ["x"]}, "unknown filter 'sorts': did you mean 'sort'"),
        ({"tier": ["rerunn"]}, "unknown tier 'rerunn': did you mean 'rerun'"),
        ({"sort": ["a", "b"]}, "'sort' is given 2 times"),
        ({"max-parameters": ["many"]}, "max-parameters must be a number above 0, not 'many'"),
        ({"max-parameters": ["nan"]}, "above 0, not 'nan'"),
        ({"max-parameters": ["-1"]}, "above 0, not '-1'"),
        ({"max-parameters": ["1e999"]}, "above 0, not '1e999'"),
        ({"\x1b[31m" * 200: ["x"]}, "unknown filter"),
    ],
)
def test_what_cannot_be_is_one_line(asked: Asked, words: str) -> None:
    with pytest.raises(SuperbLiteError) as error:
        query_of(asked)
    assert words in str(error.value)
    assert len(str(error.value)) <= 300
    assert str(error.value).isprintable()
