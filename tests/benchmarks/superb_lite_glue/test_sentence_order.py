"""`clue-lite/order`: pairs of sentences whose order nothing gives away but what they say."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from superb_lite_glue.sentence_order import _is_whole, order, pairs
from superb_lite_sources import chinese


@pytest.fixture(scope="module")
def test_pairs():
    return list(pairs("test"))


def test_the_two_sentences_follow_each_other_and_the_first_does_not_begin_a_paragraph(test_pairs):
    for pair in test_pairs:
        (line, first), (other, second) = ([*map(int, s.id.split("-")[1:])] for s in pair)
        assert line == other
        assert second == first + 1 > 1


def test_no_sentence_is_in_two_pairs(test_pairs):
    assert max(Counter(sentence.id for pair in test_pairs for sentence in pair).values()) == 1


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("他说：“好。”她笑了。", True),
        ("（一）《人民日报》社论！", True),
        ("他说：“好。", False),
        ("”她笑了。", False),
        ("（他说：“好）。”", False),
        ("他说好，", False),
        ("好。", False),
        ("好" * 128 + "。", False),
    ],
)
def test_a_sentence_is_whole_when_its_marks_match_and_it_ends(text, whole):
    assert _is_whole(text) is whole


def test_half_of_them_are_swapped_and_the_label_says_which(test_pairs):
    labels = []
    for pair in test_pairs:
        example = pair.example()
        labels.append(example.label)
        stood = (pair.first.id, pair.second.id)
        assert example.items == (stood[::-1] if example.label else stood)
    assert np.mean(labels) == pytest.approx(0.5, abs=0.03)


def test_neither_length_nor_one_sentence_alone_gives_the_order_away():
    """A bag of characters of both sentences, all labels, is what docs/data.md gives as the baseline: 53%."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    data = order(None)
    truth = np.array([e.label for e in data.test])
    length = np.array([[len(data.items[key]) for key in e.items] for e in data.test])
    assert abs(np.mean((length[:, 0] > length[:, 1]) == truth) - 0.5) < 0.04
    texts = [[data.items[key] for e in part for key in e.items] for part in (data.train, data.test)]
    counter = CountVectorizer(analyzer="char", max_features=1000).fit(texts[0])
    train, test = (counter.transform(part) for part in texts)
    seen = LogisticRegression(C=0.01, max_iter=500)
    seen.fit(hstack([train[::2], train[1::2]]).tocsr(), [e.label for e in data.train])
    assert seen.score(hstack([test[::2], test[1::2]]).tocsr(), truth) < 0.56


def test_test_pairs_are_of_the_test_part_alone():
    data = order(None)
    tested = {data.items[key] for e in data.test for key in e.items}
    assert tested <= {s.text for s in chinese.news("test")}
    assert tested.isdisjoint(data.items[key] for e in data.train for key in e.items)
    assert len(data.test) == 1000
