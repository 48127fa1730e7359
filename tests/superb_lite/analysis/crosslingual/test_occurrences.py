"""Words are found where they stand as words."""

import re

import pytest

from superb_lite.analysis.crosslingual.occurrences import places


def found(sentence, *words):
    return [word for word, _, _ in places(sentence, frozenset(words), max(map(len, words)))]


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("the cat sat on the catalogue.", ("cat", "the"), ["the", "cat", "the"]),
        ("猫在红房子里", ("猫", "房子", "红房", "房"), ["猫", "红房"]),
        ("New York is new", ("New York", "York", "New", "new"), ["New York", "new"]),
        ("wolf,fox;wolf", ("wolf", "fox"), ["wolf", "fox", "wolf"]),
        ("she read Python书", ("Python", "书", "read"), ["read", "Python", "书"]),
        ("nothing here", ("cat",), []),
        ("", ("cat",), []),
    ],
)
def test_words_begin_and_end_where_no_letter_goes_on(sentence, words, expected):
    assert found(sentence, *words) == expected


def test_places_are_those_of_a_regular_expression():
    words = ("ab", "b", "abc", "c")
    sentence = "ab abc cb b c-ab,b"
    slow = [(m.group(), m.start(), m.end()) for m in re.finditer(r"\b(?:abc|ab|b|c)\b", sentence)]
    assert list(places(sentence, frozenset(words), 3)) == slow
