"""Rendered pictures with a sentence that says what is in them, for comparisons of encoders of text and of images."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np

from superb_lite.tasks.labels import Item
from superb_lite_vision.rendering import HUES, SIZE, Figure, random_colour, render

SHAPES = ("circle", "square", "triangle", "star", "cross")
COLOURS = ("red", "yellow", "light green", "green", "cyan", "blue", "purple", "pink")
"""By hue (`superb_lite_vision.rendering.HUES`)."""
SIZES = (("small", 4.0), ("large", 8.0))
PLACES = (("top", "left"), ("top", "right"), ("bottom", "left"), ("bottom", "right"))


def captions() -> Mapping[str, Sequence[Item]]:
    """Texts and pictures, the i-th of each belonging together: one figure of every shape, hue, size and place, in an
    order that is mixed and always the same."""
    rng = np.random.default_rng(15)
    kinds = list(itertools.product(SHAPES, range(HUES), SIZES, PLACES))
    texts: list[Item] = []
    pictures: list[Item] = []
    for number in rng.permutation(len(kinds)):
        shape, hue, (size, radius), (row, column) = kinds[number]
        x, y = (SIZE * (0.28 if side in ("left", "top") else 0.72) + rng.uniform(-1, 1) for side in (column, row))
        angle = rng.uniform(0, 2 * math.pi)
        figure = Figure(shape, random_colour(hue, rng), x, y, radius * rng.uniform(0.9, 1.1), angle)
        texts.append(f"a {size} {COLOURS[hue]} {shape} at the {row} {column}")
        pictures.append(render([figure], rng))
    return {"text": texts, "image": pictures}
