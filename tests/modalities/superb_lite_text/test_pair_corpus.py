import pytest
import torch

from superb_lite.errors import SuperbLiteError
from superb_lite_text.pair_corpus import PairCorpus
from superb_lite_text.tokenizer import CLS, PAD, SEP
from tests.modalities.superb_lite_text.text_models import DOCUMENTS


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "own.txt"
    file.write_text("\n".join(f"{d}{'啊' * (n % 5 + 1)}。" for n, d in enumerate(DOCUMENTS)), encoding="utf-8")
    return file


def texts(token, segment):
    """The tokens of the two texts of a row, without special ones."""
    real = [(t, s) for t, s in zip(token, segment, strict=True) if t not in (PAD, CLS, SEP)]
    return tuple(t for t, s in real if s == 0), tuple(t for t, s in real if s == 1)


def shown(corpus, steps=40):
    for step in range(steps):
        batch = corpus.batch(step)
        yield from zip(batch["token"].tolist(), batch["segment"].tolist(), batch["label"].tolist(), strict=True)


def splits(corpus):
    """Every way to cut a row of the corpus in two at the end of a sentence."""
    flat = [
        [tuple(t for s in part for t in s) for part in (row[:at], row[at:])]
        for row in corpus.rows
        for at in range(1, len(row))
    ]
    return {tuple(pair) for pair in flat}


def test_without_a_second_task_a_row_is_one_text(path):
    corpus = PairCorpus(path=path, batch_size=5, row_length=24)
    whole = {tuple(t for s in row for t in s) for row in corpus.rows}
    for token, segment, label in shown(corpus):
        assert label == -1
        assert texts(token, segment)[0] in whole
        assert set(segment) == {0}


def test_swapped_sentences_are_those_of_one_row(path):
    corpus = PairCorpus(path=path, batch_size=5, row_length=24, second_task="sop")
    known, labels = splits(corpus), []
    for token, segment, label in shown(corpus):
        a, b = texts(token, segment)
        if label < 0:
            assert not b
            continue
        labels.append(label)
        assert ((b, a) if label else (a, b)) in known
        assert [t for t in token if t in (CLS, SEP)] == [CLS, SEP, SEP]
    assert sum(labels) / len(labels) == pytest.approx(0.5, abs=0.12)


def test_a_text_that_does_not_follow_is_one_of_another_row(path):
    corpus = PairCorpus(path=path, batch_size=5, row_length=24, second_task="nsp")
    known = splits(corpus)
    seconds = {b for _, b in known}
    labels = []
    for token, segment, label in shown(corpus):
        a, b = texts(token, segment)
        if label == 0:
            assert (a, b) in known
        elif label == 1:
            assert any(second[: len(b)] == b for second in seconds)
        labels += [label] if label >= 0 else []
        assert sum(t != PAD for t in token) <= 24
    assert sum(labels) / len(labels) == pytest.approx(0.5, abs=0.12)


def test_segments_begin_after_the_first_sep(path):
    corpus = PairCorpus(path=path, batch_size=5, row_length=24, second_task="sop")
    for token, segment, label in shown(corpus, 3):
        if label >= 0:
            first = token.index(SEP)
            real = len([t for t in token if t != PAD])
            assert segment[: first + 1] == [0] * (first + 1)
            assert segment[first + 1 : real] == [1] * (real - first - 1)


def test_pairs_are_drawn_anew_and_depend_on_the_step_alone(path):
    corpus = PairCorpus(path=path, batch_size=5, row_length=24, second_task="nsp")
    assert torch.equal(corpus.batch(3)["token"], corpus.batch(3)["token"])
    assert corpus.batch(3)["label"].tolist() == corpus.batch(3)["label"].tolist()


def test_bad_values_are_named(path, tmp_path):
    with pytest.raises(SuperbLiteError, match="second_task order: it must be none, nsp or sop"):
        PairCorpus(path=path, second_task="order")
    lonely = tmp_path / "lonely.txt"
    lonely.write_text("天地\n玄黄\n", encoding="utf-8")
    with pytest.raises(SuperbLiteError, match="no rows of two sentences"):
        PairCorpus(path=lonely, second_task="sop")
