"""photo and pages."""

import numpy as np
import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite_sources.photographs import Region, regions
from superb_lite_vision import PAGES, PHOTO, crops, pages, photo


def test_photo_crops_come_from_their_own_part_and_picture():
    data = PHOTO.data()
    for part, examples in (("train", data.train), ("test", data.test)):
        for example in examples:
            assert example.cluster in {region.id for region in regions(PHOTO.labels[example.label], part)}


def test_a_photo_crop_is_its_region_in_other_light():
    region = regions("coffee", "test")[0]
    crop = None
    seed = 0
    while crop is None:
        crop = photo.random_crop(region, np.random.default_rng(seed))
        seed += 1
    assert crop.shape == (3, 32, 32)
    inner = region.pixels().reshape(3, -1).mean(axis=1)
    assert np.argsort(crop.reshape(3, -1).mean(axis=1)).tolist() == np.argsort(inner).tolist()


def test_flat_regions_are_one_line(monkeypatch):
    monkeypatch.setattr(Region, "pixels", lambda self: np.full((3, 64, 64), 9, dtype=np.uint8))
    with pytest.raises(SuperbLiteError, match="train regions of 'astronaut' are too flat"):
        crops.crops_by_picture(PHOTO, photo.random_crop)


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
