import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from superb_lite_text.tokenizer import CLS, PAD, SEP, Tokens
from superb_lite_text.windows import collate_texts, cut
from tests.modalities.superb_lite_text.text_models import TOKENIZER, ids

TEXT = st.text("天地玄黄宇宙 dog", min_size=1, max_size=40).filter(str.strip)


def rows_of(batch, item):
    for row in (batch["item"] == item).nonzero().flatten().tolist():
        real = batch["token"][row] != PAD
        yield (
            batch["token"][row][real].tolist(),
            batch["segment"][row][real].tolist(),
            [tuple(span) for span in batch["span"][row][real].tolist()],
        )


def test_a_text_and_a_pair_are_written_as_in_the_paper():
    batch = collate_texts(["天地", ("天", "宇宙 dog")], TOKENIZER, 16)
    assert next(rows_of(batch, 0)) == ([CLS, *ids("天地"), SEP], [0, 0, 0, 0], [(0, 0), (0, 1), (1, 2), (0, 0)])
    token, segment, span = next(rows_of(batch, 1))
    assert token == [CLS, *ids("天"), SEP, *ids("宇宙 dog"), SEP]
    assert segment == [0, 0, 0] + [1] * (len(ids("宇宙 dog")) + 1)
    assert span[:5] == [(0, 0), (0, 1), (0, 0), (0, 1), (1, 2)]


@given(st.lists(TEXT, min_size=1, max_size=4), st.integers(5, 12))
@settings(deadline=None)
def test_single_texts_are_read_once_in_order(texts, max_length):
    batch = collate_texts(texts, TOKENIZER, max_length)
    assert batch["token"].shape[1] <= max_length
    for number, text in enumerate(texts):
        read = []
        for token, segment, span in rows_of(batch, number):
            assert (token[0], token[-1], set(segment)) == (CLS, SEP, {0})
            read += list(zip(token[1:-1], span[1:-1], strict=True))
        (tokens,) = TOKENIZER.encode([text])
        assert read == list(zip(tokens.ids, tokens.spans, strict=True))


@given(TEXT, TEXT, st.integers(9, 16))
@settings(deadline=None)
def test_of_a_pair_nothing_is_lost_and_the_first_text_is_always_there(first, second, max_length):
    batch = collate_texts([(first, second)], TOKENIZER, max_length)
    assert batch["token"].shape[1] <= max_length
    seen = {0: {}, 1: {}}
    for token, segment, span in rows_of(batch, 0):
        for t, s, where in zip(token, segment, span, strict=True):
            if where != (0, 0):
                assert seen[s].setdefault(where, t) == t
        if 1 in segment:
            assert any(s == 0 and where != (0, 0) for s, where in zip(segment, span, strict=True))
    for segment, text in enumerate((first, second)):
        (tokens,) = TOKENIZER.encode([text])
        assert seen[segment] == dict(zip(tokens.spans, tokens.ids, strict=True))


def test_windows_of_a_document_overlap_by_half():
    batch = collate_texts([("天", "地" * 20)], TOKENIZER, 12)
    starts = [
        next(where[0] for where, s in zip(span, segment, strict=True) if s == 1)
        for _, segment, span in rows_of(batch, 0)
    ]
    assert starts == [0, 4, 8, 12]


@pytest.mark.parametrize("size", [1, 3])
def test_items_are_numbered(size):
    batch = collate_texts(["天地玄黄宇宙洪荒"] * size, TOKENIZER, 6)
    assert batch["item"].tolist() == [n for n in range(size) for _ in range(2)]


@pytest.mark.parametrize("part", [0, 2, 4])
def test_windows_are_the_stretches_of_a_slow_loop(part):
    for length in range(40):
        for size in range(1, 12):
            overlap = size // part if part else 0
            text = Tokens(list(range(length)), [(i, i + 1) for i in range(length)])
            found = cut(text, size, overlap)
            expected, start = [], 0
            while True:
                expected.append(list(range(start, min(length, start + size))))
                if start + size >= length:
                    break
                start += size - overlap
            assert [window.ids for window in found] == expected
            assert all(window.spans == [(i, i + 1) for i in window.ids] for window in found)
