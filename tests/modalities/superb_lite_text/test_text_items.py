"""What a raw text item must be."""

from __future__ import annotations

from typing import Any

import pytest

from superb_lite.errors import BadItemError
from superb_lite_text.items import check_item


@pytest.mark.parametrize("item", ["a", " 好 ", ("a", "b"), ("a\0", "\ud800")])
def test_texts_and_pairs_of_texts_are_items(item: Any) -> None:
    check_item("x", item)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("", "text item 'x' is empty: leave it out"),
        (" \n\u3000", "text item 'x' is empty"),
        (None, r"text item 'x' is a NoneType: it must be a str or a pair \(tuple\) of them"),
        (["a", "b"], "text item 'x' is a list"),
        (("a",), "text item 'x' is a tuple of 1: it must be a str or a pair"),
        (("a", "b", "c"), "text item 'x' is a tuple of 3"),
        (("a", ""), "the second text of item 'x' is empty"),
        ((1, "b"), "the first text of item 'x' is a int: it must be a str"),
        (("a", ("b", "c")), "the second text of item 'x' is a tuple: it must be a str"),
    ],
)
def test_what_is_none_is_named(item: Any, words: str) -> None:
    with pytest.raises(BadItemError, match=words):
        check_item("x", item)
