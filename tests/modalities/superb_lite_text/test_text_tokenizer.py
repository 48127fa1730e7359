import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from superb_lite_text.tokenizer import ORDINARY, SPECIAL, UNK, TextTokenizer, train_tokenizer, word_pieces

CORPUS = ("我爱北京天安门。", "The farmer's dogs run; the dogs sleep.", "北京的天。", "a dog runs and runs") * 5


@pytest.fixture(scope="module")
def tokenizer():
    return TextTokenizer(train_tokenizer(CORPUS))


def slow_pieces(words, merges, at_least):
    """Sennrich et al.'s loop: count all pairs anew before every merge."""
    pieces = {w: [w[0], *("##" + c for c in w[1:])] for w in words}
    made = []
    while len(made) < merges:
        counts = Counter()
        for word, split in pieces.items():
            for pair in itertools.pairwise(split):
                counts[pair] += words[word]
        best = min(counts, key=lambda pair: (-counts[pair], pair), default=None)
        if best is None or counts[best] < at_least:
            break
        merged = best[0] + best[1][2:]
        made.append(merged)
        for word, split in pieces.items():
            out, i = [], 0
            while i < len(split):
                if tuple(split[i : i + 2]) == best:
                    out.append(merged)
                    i += 2
                else:
                    out.append(split[i])
                    i += 1
            pieces[word] = out
    return made


@given(
    st.dictionaries(st.text("abc", min_size=2, max_size=7), st.integers(1, 9), min_size=1, max_size=12),
    st.integers(1, 12),
    st.integers(1, 6),
)
@settings(deadline=None)
def test_pieces_are_those_of_a_slow_loop(words, merges, at_least):
    assert word_pieces(words, merges, at_least) == slow_pieces(words, merges, at_least)


def test_chinese_is_read_by_character_and_english_by_word(tokenizer):
    (tokens,) = tokenizer.encode(["北京 dogs运 run!"])
    assert [tokenizer.vocabulary[i] for i in tokens.ids][:3] == ["北", "京", "dogs"]
    assert tokens.spans[:4] == [(0, 1), (1, 2), (3, 7), (7, 8)]
    assert tokens.ids[3] == UNK


def test_an_unknown_word_is_spelt_and_every_piece_knows_its_characters(tokenizer):
    text = "dogrunner"
    (tokens,) = tokenizer.encode([text])
    assert "".join(text[a:b] for a, b in tokens.spans) == text
    assert len(tokens) > 1
    assert tokenizer.continues()[tokens.ids[1]]
    assert not tokenizer.continues()[tokens.ids[0]]


@given(st.text(max_size=40))
@settings(deadline=None)
def test_spans_are_ordered_and_inside_any_text(tokenizer, text):
    (tokens,) = tokenizer.encode([text])
    ends = [0]
    for start, end in tokens.spans:
        assert ends[-1] <= start < end <= len(text)
        ends.append(end)
    assert len(tokens) > 0 or not text
    covered = {i for start, end in tokens.spans for i in range(start, end)}
    assert all(i in covered for i, c in enumerate(text) if c.isascii() and c.isalnum())


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\x00", "😀", "\u200b\u200c", "מים", "a\r\nb\rc"])
def test_odd_text_has_tokens(tokenizer, text):
    (tokens,) = tokenizer.encode([text])
    assert len(tokens) > 0
    assert tokens.spans[-1][1] <= len(text)


def test_a_text_of_a_hundred_thousand_characters_loses_none(tokenizer):
    text = "北京 dog " * 12_500
    (tokens,) = tokenizer.encode([text])
    assert len(tokens) == 3 * 12_500
    assert tokens.spans[-1] == (len(text) - 4, len(text) - 1)


def test_special_tokens_come_first_and_text_never_gives_them(tokenizer):
    assert tokenizer.vocabulary[:ORDINARY] == SPECIAL
    assert len(set(tokenizer.vocabulary)) == len(tokenizer.vocabulary) == len(tokenizer)
    (tokens,) = tokenizer.encode(["[CLS] [MASK] [X3]"])
    assert all(i >= ORDINARY or i == UNK for i in tokens.ids)


def test_training_does_not_depend_on_chance_or_on_the_order_of_the_corpus():
    assert train_tokenizer(CORPUS) == train_tokenizer(CORPUS[::-1])


def test_rare_characters_are_unknown_but_a_tiny_corpus_keeps_all():
    frequent = TextTokenizer(train_tokenizer(["aaaaa bbbbb x"]))
    assert "x" not in frequent.vocabulary
    assert "a" in frequent.vocabulary
    assert {"x", "y"} <= set(TextTokenizer(train_tokenizer(["xy"])).vocabulary)


@pytest.mark.parametrize("text", ["我爱北京天安门。", "The dogs run; the dogs sleep.", "dogrunner", "北京。the dogs"])
def test_decoding_gives_back_usual_text(tokenizer, text):
    (tokens,) = tokenizer.encode([text])
    decoded = tokenizer.decode(tokens.ids)
    assert decoded.replace(" ", "") == text.replace(" ", "")
    if "farmer" not in text and text.isascii():
        assert decoded == text


@pytest.mark.parametrize("bad", [{}, {"model": {"type": "Spell"}}])
def test_a_specification_that_is_none_is_refused(bad):
    with pytest.raises(ValueError, match="no tokeniser"):
        TextTokenizer(bad)


def test_a_tokeniser_without_our_special_tokens_is_refused(tokenizer):
    other = dict(tokenizer.specification)
    other["model"] = {**other["model"], "vocab": {"[UNK]": 0, "a": 1}}
    with pytest.raises(ValueError, match="first 21 tokens"):
        TextTokenizer(other)
