import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superb_lite.errors import SuperbLiteError, UnknownNameError, foreign_errors, one_line, reason

UNSAFE = {"Cc", "Cs", "Zl", "Zp"}
DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def harmless(text):
    return not any(
        unicodedata.category(c) in UNSAFE or unicodedata.bidirectional(c) in DIRECTIONS or c in "\u200e\u200f\u061c"
        for c in text
    )


@given(st.text(max_size=50), st.integers(1, 60))
def test_every_text_becomes_one_harmless_line_within_the_limit(text, limit):
    line = one_line(text, limit)
    assert harmless(line)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    if len(text) <= limit and harmless(text):
        assert line == text


def test_every_character_there_is():
    unsafe = [chr(code) for code in range(0x110000) if not harmless(chr(code))]
    assert len(unsafe) > 2000  # 65 controls, 2048 surrogates, and the rest
    for character in unsafe:
        assert one_line(character).isascii()
        assert one_line(character).startswith("\\")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain, größer, 天地", "plain, größer, 天地"),
        ("two\nlines\r\n", "two\\nlines\\r\\n"),
        ("\x1b[31mred\x1b]0;title\x07", "\\x1b[31mred\\x1b]0;title\\x07"),
        ("a\0b", "a\\x00b"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("caf\udce9", "caf\\udce9"),
        ("C:\\new", "C:\\new"),
    ],
)
def test_what_is_escaped(text, line):
    assert one_line(text) == line
    assert str(SuperbLiteError(text)) == line


def test_a_long_message_keeps_its_beginning_and_its_end():
    message = str(SuperbLiteError(f"unknown thing '{'x' * 30_000}': use the other"))
    assert len(message) == 300
    assert message.startswith("unknown thing 'xx")
    assert message.endswith("xx': use the other")
    assert "x…x" in message


def test_an_unknown_name_offers_three_near_ones():
    error = UnknownNameError("task", "clue/pox", ["clue/pos", "clue/poz", "clue/pot", "clue/pod", "speech/ks"])
    assert str(error).startswith("unknown task 'clue/pox': did you mean 'clue/")
    assert str(error).count("clue/po") == 4
    assert str(error).endswith("?")
    assert str(UnknownNameError("task", "ab", ["abc", "xyz"])) == "unknown task 'ab': did you mean 'abc'?"
    two = UnknownNameError("task", "abcd", ["abcde", "abcdf", "zzzz"])
    assert "did you mean 'abcd" in str(two)
    assert " or 'abcd" in str(two)


def test_an_unknown_name_never_lists_many():
    many = [f"name-{number}" for number in range(2000)]
    assert str(UnknownNameError("encoder", "zzz", many)) == (
        "unknown encoder 'zzz': superb-lite list encoders shows all 2000"
    )
    other = str(UnknownNameError("timm backbone", "zzz", many))
    assert other == (
        "unknown timm backbone 'zzz': known: name-0, name-1, name-10, name-100, name-1000, name-1001 and 1994 more"
    )
    assert str(UnknownNameError("form", "zzz", ["tag"])) == "unknown form 'zzz': known: tag"
    assert str(UnknownNameError("form", "zzz", [])) == "unknown form 'zzz': known: none"


def test_a_huge_name_is_answered_at_once_and_briefly():
    assert len(str(UnknownNameError("encoder", "x\n" * 200_000, [f"name-{n}" for n in range(2000)]))) <= 200


@pytest.mark.parametrize("error", [ValueError("a\nb \x1b[0m"), RecursionError(), MemoryError(), SystemExit(0)])
def test_foreign_errors_are_named_in_one_line(error):
    with pytest.raises(SuperbLiteError) as caught, foreign_errors("the plugin failed"):
        raise error
    assert str(caught.value) == f"the plugin failed: {reason(error)} (SUPERB_LITE_DEBUG=1 shows where)"
    assert type(error).__name__ in str(caught.value)
    assert harmless(str(caught.value))


def test_foreign_errors_can_be_seen_whole_and_leave_ours_and_interrupts_alone(monkeypatch):
    with pytest.raises(SuperbLiteError, match=r"^ours$"), foreign_errors("x"):
        raise SuperbLiteError("ours")
    with pytest.raises(KeyboardInterrupt), foreign_errors("x"):
        raise KeyboardInterrupt
    monkeypatch.setenv("SUPERB_LITE_DEBUG", "1")
    with pytest.raises(ValueError, match="theirs"), foreign_errors("x"):
        raise ValueError("theirs")
