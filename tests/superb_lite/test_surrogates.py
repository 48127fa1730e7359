"""Halves of surrogate pairs: found, replaced one for one, and hashed as they are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from superb_lite.surrogates import first_surrogate, hashed_bytes, without_surrogates

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=40)


def by_hand(text: str) -> list[str]:
    return [sign for sign in text if 0xD800 <= ord(sign) <= 0xDFFF]


@given(ANY_TEXT)
def test_every_one_is_replaced_by_one_character(text: str) -> None:
    assert first_surrogate(text) == next(iter(by_hand(text)), None)
    found = without_surrogates(text)
    assert found == "".join("\ufffd" if sign in by_hand(text) else sign for sign in text)
    assert len(found) == len(text)
    found.encode("utf-8")
    assert without_surrogates(text, "?") == "".join("?" if sign in by_hand(text) else sign for sign in text)


@given(ANY_TEXT, ANY_TEXT)
def test_different_texts_have_different_bytes_and_sound_ones_are_utf_8(one: str, other: str) -> None:
    assert (hashed_bytes(one) == hashed_bytes(other)) == (one == other)
    if not by_hand(one):
        assert hashed_bytes(one) == one.encode("utf-8")
    assert hashed_bytes(one).decode("utf-8", "surrogatepass") == one


def test_a_whole_pair_of_a_character_is_no_half() -> None:
    assert first_surrogate("😀") is None
    assert first_surrogate("a\udc80") == "\udc80"  # what os.fsdecode makes of the byte 0x80
