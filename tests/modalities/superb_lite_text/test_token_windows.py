"""Texts as windows of tokens, against the tokeniser's own truncation with a stride."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from superb_lite.errors import SuperbLiteError
from superb_lite.surrogates import without_surrogates
from superb_lite_text.token_windows import TokenWindows, covered
from superb_lite_text.tokenizer import Tokens
from tests.modalities.superb_lite_text import tiny_models

TOKENIZERS = {
    "word piece": tiny_models.fast(tiny_models.word_piece(), **tiny_models.BERT_TOKENS),
    "byte level": tiny_models.fast(tiny_models.byte_level(), eos_token="<|endoftext|>"),
    "unigram": tiny_models.fast(tiny_models.unigram(), unk_token="<unk>", eos_token="</s>"),
}
LONG = " ".join(tiny_models.SENTENCES * 2)


@pytest.mark.parametrize("name", TOKENIZERS)
@pytest.mark.parametrize("size", [8, 13, 24])
def test_long_texts_are_cut_as_the_tokeniser_cuts_them(name, size):
    tokenizer = TOKENIZERS[name]
    reader = TokenWindows(tokenizer, size)
    special = len(tokenizer("")["input_ids"])
    found = tokenizer(
        LONG, truncation=True, max_length=size, stride=(size - special) // 4, return_overflowing_tokens=True
    )
    assert len(found["input_ids"]) > 3
    assert [row.token for row in reader.rows(LONG)] == found["input_ids"]


@pytest.mark.parametrize("name", TOKENIZERS)
def test_pairs_are_joined_as_the_tokeniser_joins_them(name):
    tokenizer = TOKENIZERS[name]
    reader = TokenWindows(tokenizer, 64)
    first, second = "the cat", "a small dog reads"
    found = tokenizer(first, second, return_token_type_ids=True)
    (row,) = reader.rows((first, second))
    assert row.token == found["input_ids"]
    assert row.type == found["token_type_ids"]
    covers = [start < end for start, end in row.span]
    shown = [(first, second)[s][a:b] for s, (a, b) in zip(row.segment, row.span, strict=True)]
    assert "".join(text for text, real in zip(shown, covers, strict=True) if real) == "thecatasmalldogreads"


@pytest.mark.parametrize("name", TOKENIZERS)
def test_a_long_second_text_is_read_in_windows_beside_the_first(name):
    tokenizer = TOKENIZERS[name]
    size = 24
    first = "the cat"
    used = len(tokenizer(first, "a")["input_ids"]) - len(tokenizer("a", add_special_tokens=False)["input_ids"])
    found = tokenizer(
        first,
        LONG,
        truncation="only_second",
        max_length=size,
        stride=(size - used) // 4,
        return_overflowing_tokens=True,
    )
    assert [row.token for row in TokenWindows(tokenizer, size).rows((first, LONG))] == found["input_ids"]


@pytest.mark.parametrize("name", TOKENIZERS)
@pytest.mark.parametrize("pair", [(LONG, "the cat"), (LONG, LONG[::-1]), ("the cat", LONG)])
def test_nothing_of_a_pair_is_lost(name, pair):
    reader = TokenWindows(TOKENIZERS[name], 20)
    rows = reader.rows(pair)
    assert max(len(row.token) for row in rows) <= 20
    for segment, text in enumerate(pair):
        whole = {span for span in reader.read(text).spans if span != (0, 0)}
        seen = {
            span
            for row in rows
            for s, span in zip(row.segment, row.span, strict=True)
            if s == segment and span != (0, 0)
        }
        assert seen == whole
    assert all({0, 1} <= {s for s, span in zip(row.segment, row.span, strict=True) if span != (0, 0)} for row in rows)


TEXTS = st.text(st.characters(exclude_categories=())).filter(lambda text: text.strip())


@pytest.mark.parametrize("name", TOKENIZERS)
@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_any_text_is_covered_in_characters(name, text):
    """Lone surrogates, emoji, combining marks, control characters: spans stay inside the text and cover something."""
    found = TokenWindows(TOKENIZERS[name], 64).read(text)
    assert len(found.ids) == len(found.spans) >= 1
    real = [(start, end) for start, end in found.spans if (start, end) != (0, 0)]
    assert real
    assert all(0 <= start < end <= len(text) for start, end in real)
    if name == "byte level":  # its tokens are all bytes there are, so every character belongs to one
        seen = {i for start, end in real for i in range(start, end)}
        assert {i for i, character in enumerate(text) if not character.isspace()} <= seen


@pytest.mark.parametrize("name", TOKENIZERS)
def test_characters_are_counted_and_not_bytes(name):
    text = "我们 book 😀👍🏽 在 cat"
    found = TokenWindows(TOKENIZERS[name], 64).read(text)
    seen = {text[start:end] for start, end in found.spans}
    assert "我" in "".join(seen)
    assert not any(part != part.strip() for part in seen)
    ends = [end for _, end in found.spans]
    assert max(ends) == len(text)
    words = [(text.index(word), text.index(word) + len(word)) for word in ("book", "cat")]
    for start, end in words:
        inside = [span for span in found.spans if span[0] < end and span[1] > start]
        assert inside[0][0] == start
        assert inside[-1][1] == end


def test_lone_surrogates_are_one_character_each():
    assert without_surrogates("a\ud800\udc00b") == "a\ufffd\ufffdb"
    reader = TokenWindows(TOKENIZERS["byte level"], 64)
    assert reader.read("cat \ud83d dog") == reader.read("cat \ufffd dog")


@pytest.mark.parametrize("text", ["\x00\u200b", "\ufffd", "\ud800\x00"])
def test_a_text_of_which_no_token_is_left_is_one_unknown_token(text):
    tokenizer = TOKENIZERS["word piece"]
    assert tokenizer(without_surrogates(text), add_special_tokens=False)["input_ids"] == []
    assert TokenWindows(tokenizer, 64).read(text) == Tokens([tokenizer.unk_token_id], [(0, len(text))])


def test_white_space_and_word_marks_cover_nothing():
    assert covered("a  cat", "▁▁cat", 1, 6) == (3, 6)
    assert covered("cat", "▁", 0, 1) == (0, 0)
    assert covered("a▁b", "▁", 1, 2) == (1, 2)
    assert covered("a b", "Ġ", 1, 2) == (0, 0)
    assert covered("a b", "b", 2, 3) == (2, 3)


def test_a_window_without_room_is_refused():
    with pytest.raises(SuperbLiteError, match="a model of 4 positions has no room for two texts"):
        TokenWindows(TOKENIZERS["word piece"], 4)
