"""Names of files out of whatever plugins and people call things."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from superb_lite.analysis.plain import check_name, safe_name
from tests.superb_lite.analysis.sections import a_section

ODD = st.text(st.sampled_from("ab19ux-_ /:.\0\n\u0130果AB"), max_size=6) | st.text(max_size=100)
LISTS = st.lists(ODD, min_size=1, max_size=3)


def test_plain_texts_say_all_by_themselves():
    assert safe_name("text") == "text"
    assert safe_name("text", "bat", "bulb", "果") == "text-bat-bulb-u679c"
    assert safe_name("image", "text") == "image-text"


@given(LISTS)
@example(["../../etc/passwd"])
@example(["/", "\x00", ":"])
@example(["a" * 1000])
@example(["\ud800"])
@example([""])
def test_every_name_is_one_that_file_systems_take(parts):
    name = safe_name(*parts)
    check_name(name)
    assert name.isascii()
    assert len(name) <= 100
    assert a_section(variant=name).name == f"layers-{name}"


@given(LISTS, LISTS)
@example(["a-b"], ["a", "b"])
@example(["Apple"], ["apple"])
@example(["果"], ["u679c"])
@example(["苹果"], ["苹", "果"])
@example(["a b"], ["a/b"])
@example(["", "a"], ["a"])
@example(["a" * 90], ["a" * 91])
@example(["a/b"], safe_name("a/b").split("-"))
def test_no_two_things_have_one_name(one, two):
    assert (safe_name(*one) == safe_name(*two)) == (one == two)
