"""pages."""

import numpy as np
import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite_vision import PAGES, pages


def test_no_word_is_on_training_and_test_pages():
    train, test = set(pages.words("train")), set(pages.words("test"))
    assert not train & test
    assert min(len(train), len(test)) > 80


def test_typefaces_are_drawn_alike_but_for_their_letters():
    data = PAGES.data()
    ink = {}
    for label in range(len(PAGES.labels)):
        items = [data.items[e.items[0]][0].astype(float) for e in data.train if e.label == label]
        ink[label] = np.mean([(np.median(x) - x).clip(0).mean() for x in items])
    assert max(ink.values()) < 2.2 * min(ink.values())
    assert list(pages.FONTS) == list(PAGES.labels)


def test_a_page_repeats_and_is_full_of_text():
    words = pages.words("train")
    first, again = (pages.random_page("STIX General", words, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first, again)
    rng = np.random.default_rng(0)
    for name in pages.FONTS:
        for _ in range(20):
            page = pages.random_page(name, words, rng).astype(float)
            quarters = page.reshape(2, 16, 2, 16).std(axis=(1, 3))
            assert quarters.min() > 8


def test_a_typeface_that_is_missing_is_named(monkeypatch):
    pages.font_folder.cache_clear()
    monkeypatch.setitem(pages.FONTS, "Lost", ("lost.ttf", 1.0))
    with pytest.raises(SuperbLiteError, match=r"ships no 'lost.ttf'"):
        pages.font_folder()
    monkeypatch.undo()
    pages.font_folder.cache_clear()
