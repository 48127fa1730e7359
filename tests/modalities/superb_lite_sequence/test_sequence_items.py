"""What a raw sequence must be."""

import pytest

from superb_lite.errors import BadItemError
from superb_lite_sequence.items import check_item, length


@pytest.mark.parametrize("item", ["A", "acgt", "P4Q5/R6", "((..))", "蛋", ("A", "CC")])
def test_sequences_and_pairs(item):
    check_item("x", item)
    assert length(item) == (3 if isinstance(item, tuple) else len(item))


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (b"ACGT", "is a bytes: it must be a str or a pair"),
        (("A",), "a tuple of 1"),
        (("A", 3), "the second sequence of item 'x' is a int"),
        ("", "is empty"),
        (("A", ""), "the second sequence of item 'x' is empty"),
        ("AC GT", "holds ' ' at position 3"),
        ("AC\n", r"holds '\\n' at position 3"),
        ("A\u2028", r"holds '\\u2028' at position 2"),
        ("\ud800", r"holds '\\ud800' at position 1"),
    ],
)
def test_what_is_refused(item, words):
    with pytest.raises(BadItemError, match=words):
        check_item("x", item)
