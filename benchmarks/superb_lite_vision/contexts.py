"""A patch in context: the same pixels in the middle of a circle and in the middle of a star."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from superb_lite.tasks.occurrences import ContextSource, Occurrence
from superb_lite_vision.rendering import HUES, SIZE, Figure, random_colour, render

EACH = 8
"""Pictures of each patch in each shape."""

RADII = (8.0, 10.0, 12.0)
"""Of the figure, in pixels: even a star is nowhere thinner than the patch."""

SHAPES = ("circle", "star")
PATCH = 4
"""Height and width of the patch in pixels."""

PATCHES = ContextSource(
    name="patches-in-context",
    modality="image",
    kind="senses",
    title="patches in context",
    load="superb_lite_vision.contexts:patches",
    whole=False,
    note=f"Patches in context: {PATCH} x {PATCH} equal pixels of one colour in the middle of a circle or of a star of "
    f"equal size, {len(RADII)} sizes of {HUES} colours; everything else is drawn anew in each picture. The "
    "patch by itself would be at chance; what layer 0 knows is in the field of its first convolution.",
)


def patches() -> Iterator[Occurrence]:
    """Pictures whose middle is the same, pixel by pixel, whatever the shape around it."""
    for hue in range(HUES):
        for radius in RADII:
            rng = np.random.default_rng([hue, round(radius)])
            colour = random_colour(hue, rng)
            low, high = (SIZE - PATCH) // 2, (SIZE + PATCH) // 2
            patch = np.rint(255 * np.array(colour)).astype(np.uint8)[:, None, None]
            word = f"hue {hue}, radius {radius:.0f}"
            where = (1000 * low // SIZE, 1000 * high // SIZE)
            for shape in SHAPES:
                for number in range(EACH):
                    figure = Figure(shape, colour, SIZE / 2, SIZE / 2, radius, float(rng.uniform(0, 2 * math.pi)))
                    picture = render([figure], rng)
                    picture[:, low:high, low:high] = patch
                    name = f"{word}, {shape} {number}"
                    yield Occurrence(name, picture, (where, where), word, shape, shown=f"{shape} {number + 1}")
