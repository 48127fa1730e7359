import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from superb_lite.errors import SuperbLiteError
from superb_lite_text.corpus import TextCorpus, pack, read_documents
from superb_lite_text.tokenizer import CLS, SEP, CharacterTokenizer

TOKENIZER = CharacterTokenizer(list("abcdef"))


@given(st.lists(st.text("abcdef", min_size=1, max_size=12), min_size=1, max_size=6).map(tuple), st.integers(4, 9))
def test_packing_loses_no_character(documents, row_length):
    rows = pack(documents, TOKENIZER, row_length)
    stream = [token for document in documents for token in (*TOKENIZER.encode(document), SEP)]
    assert rows.shape[1] == row_length
    assert set(rows[:, 0]) == {CLS}
    assert set(rows[:, -1]) == {SEP}
    body = rows[:, 1:-1].ravel().tolist()
    assert body[: len(stream)] == stream
    rest = body[len(stream) :]
    assert len(rest) < row_length - 2
    assert rest == (stream * row_length)[: len(rest)]


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


def test_batches_depend_on_seed_and_step(text):
    corpus, other = (TextCorpus(path=text, batch_size=3, seed=seed, row_length=6) for seed in (0, 1))
    assert torch.equal(corpus.batch(5), corpus.batch(5))
    assert corpus.batch(0).shape == (3, 6)
    assert not all(torch.equal(corpus.batch(s), other.batch(s)) for s in range(5))
    rows = {tuple(row) for row in corpus.rows.tolist()}
    assert {tuple(row) for s in range(20) for row in corpus.batch(s).tolist()} == rows


def test_the_content_hash_is_that_of_the_text(text):
    before = TextCorpus(path=text).content_hash()
    assert TextCorpus(path=text, seed=3, batch_size=1).content_hash() == before
    (text / "a.txt").write_text("fjrst\n", encoding="utf-8")
    assert TextCorpus(path=text).content_hash() != before


def test_the_vocabulary_of_a_short_text_keeps_rare_characters(text):
    corpus = TextCorpus(path=text)
    assert set("firstecondhu") == set(corpus.vocabulary)
    assert corpus.counts == sorted(corpus.counts, reverse=True)


def test_the_embedded_corpus_has_almost_no_unknown_characters():
    corpus = TextCorpus()
    assert corpus.sources == ("chinese-news", "chinese-reviews")
    assert corpus.rows.shape[0] > 20_000
    assert float(np.mean(corpus.rows == 1)) < 0.01
