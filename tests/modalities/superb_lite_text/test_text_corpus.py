import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite_sources import arithmetic, chinese, english
from superb_lite_text.corpus import TextCorpus, cut, embedded, read_documents, split_sentences
from superb_lite_text.tokenizer import CLS, PAD, SEP
from tests.modalities.superb_lite_text.text_models import DOCUMENTS, TOKENIZER

WORDS = st.lists(st.sampled_from(["天", "地", "dog", "dogs ", "。", "! ", "? ", "”", " "]), min_size=1, max_size=30)
TEXT = WORDS.map("".join)


@given(TEXT)
def test_the_sentences_of_a_text_are_the_text(text):
    assert "".join(split_sentences(text)) == text


def test_a_sentence_has_its_end_and_the_closing_marks():
    assert split_sentences("天。“地！”玄? Yes. No") == ["天。", "“地！”", "玄? ", "Yes. ", "No"]


@given(st.lists(TEXT, min_size=1, max_size=5), st.integers(2, 12))
@settings(deadline=None)
def test_cutting_loses_no_token_and_crosses_no_document(documents, size):
    rows = cut(documents, TOKENIZER, size)
    left = list(rows)
    for document in documents:
        tokens = [t for sentence in split_sentences(document) for t in TOKENIZER.encode([sentence])[0].ids]
        last = None
        while tokens:
            row = left.pop(0)
            lengths = [len(sentence) for sentence in row]
            assert [t for sentence in row for t in sentence] == tokens[: sum(lengths)]
            tokens = tokens[sum(lengths) :]
            assert sum(lengths) <= size
            assert last is None or last + lengths[0] > size
            last = sum(lengths)
    assert not left


@pytest.mark.parametrize("row_length", [96, 128])
def test_little_of_the_embedded_corpus_is_padding(row_length):
    corpus = TextCorpus(row_length=row_length)
    tokens = [corpus.batch(step)["token"] for step in range(0, 400, 5)]
    padding = sum(int((t == PAD).sum()) for t in tokens) / sum(t.numel() for t in tokens)
    assert padding <= 0.10
    assert max(t.shape[1] for t in tokens) <= row_length


@pytest.fixture
def text(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.txt").write_text("second\n\n  third  \n", encoding="utf-8")
    (tmp_path / "a.txt").write_text("\ufefffirst\n", encoding="utf-8")
    (tmp_path / "sub" / "c.txt").write_text("fourth", encoding="utf-8")
    (tmp_path / "note.md").write_text("not this", encoding="utf-8")
    return tmp_path


def test_paragraphs_of_all_text_files_in_the_order_of_their_names(text):
    assert read_documents(text) == ("first", "second", "third", "fourth")
    assert read_documents(text / "b.txt") == ("second", "third")


def test_bytes_that_are_not_utf8_are_named(text):
    (text / "d.txt").write_bytes(b"ok \xff")
    with pytest.raises(SuperbLiteError, match=r"d\.txt' is not UTF-8 \(byte 3\)"):
        read_documents(text)


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text("\n".join(DOCUMENTS), encoding="utf-8")
    return path


def test_batches_depend_on_seed_and_step_and_show_every_text(own):
    corpus, other = (TextCorpus(path=own, batch_size=3, seed=seed, row_length=16) for seed in (0, 1))
    assert torch.equal(corpus.batch(5)["token"], corpus.batch(5)["token"])
    assert any(
        a.shape != b.shape or not torch.equal(a, b)
        for a, b in ((corpus.batch(s)["token"], other.batch(s)["token"]) for s in range(5))
    )
    shown = set()
    for step in range(len(corpus.rows)):
        batch = corpus.batch(step)
        for token, document in zip(batch["token"].tolist(), batch["document"].tolist(), strict=True):
            shown |= {
                tuple(t for t, d in zip(token, document, strict=True) if d == n) for n in range(1, max(document) + 1)
            }
    assert shown == {(CLS, *(t for s in text for t in s), SEP) for text in corpus.texts}


def test_counts_are_those_of_the_tokens(own):
    corpus = TextCorpus(path=own, row_length=16)
    tokens = np.array([t for text in corpus.texts for s in text for t in s])
    assert corpus.counts == np.bincount(tokens, minlength=len(corpus.counts)).tolist()


def test_the_content_hash_is_that_of_the_text(own):
    before = TextCorpus(path=own).content_hash()
    assert TextCorpus(path=own, seed=3, batch_size=1).content_hash() == before
    own.write_text(own.read_text(encoding="utf-8") + "\nThe dogs.", encoding="utf-8")
    assert TextCorpus(path=own).content_hash() != before


def test_rows_that_are_too_short_to_hold_anything_are_refused(own):
    with pytest.raises(SuperbLiteError, match="row_length 4"):
        TextCorpus(path=own, row_length=4)


def test_embedded_text_in_a_file_is_known_by_its_sentences(tmp_path):
    path = tmp_path / "any name.txt"
    other = "".join(f"这是我自己写的第{number}个很长的句子。" for number in range(50))
    path.write_text(other, encoding="utf-8")
    assert TextCorpus(path=path).sources == (str(path),)
    news = [sentence.text for sentence in chinese.news("test") if len(sentence.text) > 20][:5]
    spaced = " ".join(news[0])  # as some tools write Chinese
    path.write_text("\n".join([other, spaced, *news[1:]]), encoding="utf-8")
    assert TextCorpus(path=path).sources == ("chinese-news", str(path))
    path.write_text("\n".join([*embedded()[::400], *embedded()[-200:]]), encoding="utf-8")
    assert TextCorpus(path=path).sources == ("chinese-news", "chinese-reviews", "english", str(path))


def test_english_can_be_shown_more_often_than_its_share():
    once, thrice = TextCorpus(), TextCorpus(english=3)
    of_english = cut(english.corpus(), once.tokenizer, 93)
    assert thrice.texts == once.texts[: -len(of_english)] + 3 * of_english
    assert once.texts[-len(of_english) :] == of_english
    assert thrice.content_hash() != once.content_hash()
    with pytest.raises(SuperbLiteError, match=r"--data\.english 0: it must be at least 1"):
        TextCorpus(english=0)


def test_sums_are_added_without_the_tested_ones_and_leave_the_tokeniser_alone(text):
    without, few = TextCorpus(path=text, row_length=32), TextCorpus(path=text, row_length=32, sums=7000)
    assert few.tokenizer.to_json() == without.tokenizer.to_json()
    assert few.texts[: len(without.texts)] == without.texts
    assert few.sources == (*without.sources, "sums")
    assert few.content_hash() != without.content_hash()
    with pytest.raises(SuperbLiteError, match=r"--data\.sums -1: a number from 0 to 1000000"):
        TextCorpus(path=text, sums=-1)


def test_no_sum_of_the_corpus_is_tested():
    shown = re.findall(r"(\d \d) \+ (\d \d) = ([\d ]+)\.", " ".join(arithmetic.documents(20000)))
    numbers = [tuple(int(number.replace(" ", "")) for number in one) for one in shown]
    assert len(numbers) == 20000
    assert all(a + b == c for a, b, c in numbers)
    (task,) = plugins.tasks("shots-lite/arithmetic")
    tested = {task.data().items[example.items[0]] for example in task.data().test}
    assert len(tested) == 800
    assert all(re.fullmatch(r"\d \d \+ \d \d =", question) for question in tested)
    for a, b, _ in numbers:
        assert not {f"{' '.join(str(a))} + {' '.join(str(b))} =", f"{' '.join(str(b))} + {' '.join(str(a))} ="} & tested


def test_a_stream_is_all_documents_in_full_rows(tmp_path):
    file = tmp_path / "text.txt"
    file.write_text("\n".join(DOCUMENTS), encoding="utf-8")
    corpus = TextCorpus(path=file, row_length=16, batch_size=3, stream=True)
    whole = [t for text in DOCUMENTS for t in (CLS, *corpus.tokenizer.encode([text])[0].ids, SEP)]
    rows = len(whole) // 16
    assert len(corpus.rows) == rows
    batches = [corpus.batch(step) for step in range(rows // 3)]
    assert all(set(batch) == {"token"} and batch["token"].shape == (3, 16) for batch in batches)
    seen = [tuple(row) for batch in batches for row in batch["token"].tolist()]
    cut_up = [tuple(whole[16 * n : 16 * n + 16]) for n in range(rows)]
    assert set(seen) <= set(cut_up)
    assert len(seen) == len(cut_up) // 3 * 3
    with pytest.raises(SuperbLiteError, match=r"less than --data.row_length 9999"):
        TextCorpus(path=file, row_length=9999, stream=True)


def test_a_vocabulary_has_as_many_tokens_as_it_is_asked_for(tmp_path):
    file = tmp_path / "text.txt"
    file.write_text("\n".join(DOCUMENTS), encoding="utf-8")
    plain = TextCorpus(path=file)
    filled = TextCorpus(path=file, vocabulary=len(plain.tokenizer) + 5)
    assert filled.tokenizer.vocabulary == (*plain.tokenizer.vocabulary, *(f"[unused{n}]" for n in range(5)))
    assert filled.counts == [*plain.counts, *[0] * 5]
    assert all(torch.equal(filled.batch(0)[key], value) for key, value in plain.batch(0).items())
    smaller = TextCorpus(path=file, vocabulary=len(plain.tokenizer) - 5)
    assert smaller.tokenizer.vocabulary == plain.tokenizer.vocabulary[:-5]
    assert filled.tokenizer.encode(["[unused0]"])[0].ids == plain.tokenizer.encode(["[unused0]"])[0].ids
    with pytest.raises(SuperbLiteError, match=r"--data.vocabulary 30: this corpus has \d+ characters"):
        TextCorpus(path=file, vocabulary=30)
    with pytest.raises(SuperbLiteError, match=r"--data.vocabulary 30: the tokeniser of this corpus has \d+ tokens"):
        plain.tokenizer.filled(30)
