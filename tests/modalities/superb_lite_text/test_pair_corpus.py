import pytest
import torch

from superb_lite.errors import SuperbLiteError
from superb_lite_text.pair_corpus import PairCorpus
from superb_lite_text.tokenizer import CLS, SEP
from tests.modalities.superb_lite_text.text_models import DOCUMENTS


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "own.txt"
    file.write_text("\n".join(f"{d}{'啊' * (n % 5 + 1)}。" for n, d in enumerate(DOCUMENTS)), encoding="utf-8")
    return file


def shown(corpus, steps=40):
    """(text a, text b, label) of everything that is shown; special tokens left out."""
    for step in range(steps):
        batch = {key: value.tolist() for key, value in corpus.batch(step).items()}
        for token, document, segment, label in zip(
            *(batch[k] for k in ("token", "document", "segment", "label")), strict=True
        ):
            assert len(token) <= corpus.row_length
            for number in range(1, max(document) + 1):
                at = [place for place, d in enumerate(document) if d == number]
                assert token[at[0]] == CLS
                assert token[at[-1]] == SEP
                a, b = (tuple(token[p] for p in at if segment[p] == s and token[p] not in (CLS, SEP)) for s in (0, 1))
                expected = [CLS, *a, SEP, *b, SEP] if b else [CLS, *a, SEP]
                assert [token[p] for p in at] == expected
                assert [label[p] for p in at[1:]] == [-1] * (len(at) - 1)
                yield a, b, label[at[0]]


def splits(corpus):
    """Every way to cut a text of the corpus in two at the end of a sentence."""
    cuts = [(text[:at], text[at:]) for text in corpus.texts for at in range(1, len(text))]
    return {tuple(tuple(t for s in part for t in s) for part in cut) for cut in cuts}


def test_without_a_second_task_there_is_one_text(path):
    corpus = PairCorpus(path=path, batch_size=5, row_length=24)
    whole = {tuple(t for s in text for t in s) for text in corpus.texts}
    assert {a for a, b, label in shown(corpus) if not b and label == -1} == whole


def test_swapped_sentences_are_those_of_one_text(path):
    corpus = PairCorpus(path=path, batch_size=5, row_length=24, second_task="sop")
    known, labels = splits(corpus), []
    for a, b, label in shown(corpus):
        if label >= 0:
            labels.append(label)
            assert ((b, a) if label else (a, b)) in known
        else:
            assert not b
    assert sum(labels) / len(labels) == pytest.approx(0.5, abs=0.12)


def test_a_text_that_does_not_follow_is_one_of_another_text(path):
    corpus = PairCorpus(path=path, batch_size=5, row_length=24, second_task="nsp")
    known = splits(corpus)
    firsts, seconds = {a for a, _ in known}, {b for _, b in known}
    labels = []
    for a, b, label in shown(corpus):
        if label == 0:
            assert (a, b) in known
        elif label == 1:
            assert a in firsts
            assert any(second[: len(b)] == b for second in seconds)
        labels += [label] if label >= 0 else []
    assert sum(labels) / len(labels) == pytest.approx(0.5, abs=0.12)


def test_pairs_are_drawn_anew_and_depend_on_the_step_alone(path):
    corpus = PairCorpus(path=path, batch_size=5, row_length=24, second_task="nsp")
    assert all(torch.equal(value, corpus.batch(3)[key]) for key, value in corpus.batch(3).items())
    labels = {tuple(corpus.batch(step)["label"].flatten().tolist()) for step in range(10)}
    assert len(labels) > 1


def test_bad_values_are_named(path, tmp_path):
    with pytest.raises(SuperbLiteError, match="second_task order: it must be none, nsp or sop"):
        PairCorpus(path=path, second_task="order")
    lonely = tmp_path / "lonely.txt"
    lonely.write_text("天地\n玄黄\n", encoding="utf-8")
    with pytest.raises(SuperbLiteError, match="no texts of two sentences"):
        PairCorpus(path=lonely, second_task="sop")


def test_full_rows_have_no_second_task(tmp_path):
    file = tmp_path / "text.txt"
    file.write_text("\n".join(DOCUMENTS), encoding="utf-8")
    batch = PairCorpus(path=file, row_length=16, batch_size=2, stream=True).batch(0)
    assert {name: tuple(tensor.shape) for name, tensor in batch.items()} == dict.fromkeys(
        ("token", "segment", "label"), (2, 16)
    )
    assert (batch["label"] == -1).all()
    with pytest.raises(SuperbLiteError, match=r"--data.stream true leaves no pairs"):
        PairCorpus(path=file, stream=True, second_task="nsp")
