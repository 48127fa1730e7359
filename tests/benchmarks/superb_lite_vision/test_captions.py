"""Pictures with sentences that say what is in them."""

from __future__ import annotations

import colorsys

import numpy as np

from superb_lite_vision.captions import COLOURS, captions
from superb_lite_vision.rendering import HUES, SIZE


def test_a_caption_says_where_and_in_which_colour_the_figure_is():
    made = captions()
    assert len(made["text"]) == len(made["image"]) == len(set(made["text"])) == 5 * HUES * 2 * 4
    right_place = right_hue = 0
    for text, picture in zip(made["text"], made["image"], strict=True):
        assert picture.shape == (3, SIZE, SIZE)
        brightness = picture.max(axis=0).astype(float) - picture.min(axis=0)  # the ground is dull
        row, column = np.unravel_index(brightness.argmax(), brightness.shape)
        right_place += (row < SIZE / 2) == ("top" in text) and (column < SIZE / 2) == ("left" in text)
        hue = colorsys.rgb_to_hsv(*(picture[:, row, column] / 255))[0]
        right_hue += f" {COLOURS[round(hue * HUES) % HUES]} " in text
    assert right_place > 0.95 * len(made["text"])
    assert right_hue > 0.9 * len(made["text"])


def test_pictures_are_always_the_same():
    first, second = captions(), captions()
    assert first["text"] == second["text"]
    assert all(np.array_equal(a, b) for a, b in zip(first["image"], second["image"], strict=True))
