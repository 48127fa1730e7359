"""Places are compared word by word and seed by seed."""

import numpy as np
import pytest

from superb_lite.analysis.context.scores import PlaceScores, WordScores
from superb_lite.analysis.context.words import Word
from superb_lite.analysis.estimate import across_seeds


def place(shares):
    nothing = across_seeds([0.0])
    words = (Word(f"word {number}", "words", ()) for number in range(shares.shape[1]))
    scores = tuple(WordScores(word, nothing, nothing, nothing, nothing, None) for word in words)
    return PlaceScores("words", "a place", scores, nothing, nothing, nothing, nothing, shares, shares)


def test_what_words_and_seeds_have_in_common_leaves_the_difference():
    shares = np.random.default_rng(0).random((3, 20))
    found = place(shares + 0.1).right_beyond(place(shares))
    assert [found.value, found.low, found.high] == pytest.approx([0.1] * 3)
    assert place(shares + 0.1).gap_beyond(place(shares)) == found
    apart = place(shares + 0.1).right_beyond(place(shares[::-1, ::-1]))
    assert apart.value == pytest.approx(0.1)
    assert apart.low < 0 < apart.high


def test_one_word_is_compared_over_seeds():
    found = place(np.array([[0.9], [0.7], [0.8]])).right_beyond(place(np.array([[0.5], [0.5], [0.5]])))
    expected = across_seeds([0.4, 0.2, 0.3])
    assert [*found.cells, found.n] == pytest.approx([*expected.cells, expected.n])
