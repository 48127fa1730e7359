"""Small pictures of coloured figures: pure functions of figures and of a seeded random generator.

A figure is a polygon, drawn larger and averaged, so that its edges are smooth. Nothing here is in a pretraining corpus.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageDraw

SIZE = 32
"""Height and width of a picture in pixels."""

HUES = 8
"""Colours are told apart by hue; each hue has a range of its own, with a gap to the next."""

_FINE = 4  # a figure is drawn so many times larger

Point = tuple[float, float]


def _star(points: int, inner: float) -> tuple[Point, ...]:
    """Corners at radius 1 and `inner` in turn; the first one points to the right."""
    turns = [(math.pi * k / points, 1.0 if k % 2 == 0 else inner) for k in range(2 * points)]
    return tuple((radius * math.cos(turn), radius * math.sin(turn)) for turn, radius in turns)


def _regular(corners: int) -> tuple[Point, ...]:
    return tuple((math.cos(2 * math.pi * k / corners), math.sin(2 * math.pi * k / corners)) for k in range(corners))


_ARM = 0.36

SHAPES: Mapping[str, tuple[Point, ...]] = MappingProxyType(
    {
        "circle": _regular(40),
        "square": _regular(4),
        "triangle": _regular(3),
        "star": _star(5, 0.4),
        "cross": tuple(
            (x * c - y * s, x * s + y * c)
            for c, s in ((1, 0), (0, 1), (-1, 0), (0, -1))
            for x, y in ((_ARM, -_ARM), (0.93, -_ARM), (0.93, _ARM))
        ),
        # These have a heading: they look alike only when turned all around. They head to the right.
        "arrow": ((1, 0), (0.1, 0.75), (0.1, 0.3), (-0.95, 0.3), (-0.95, -0.3), (0.1, -0.3), (0.1, -0.75)),
        "dart": ((1, 0), (-0.74, 0.66), (-0.35, 0), (-0.74, -0.66)),
        "wedge": ((1, 0), (-0.75, 0.6), (-0.75, -0.6)),
        "pin": (
            (0.99, 0.12),
            (0.1, 0.16),
            (-0.1, 0.6),
            (-0.8, 0.6),
            (-0.8, -0.6),
            (-0.1, -0.6),
            (0.1, -0.16),
            (0.99, -0.12),
        ),
    }
)
"""Corners of each shape in a circle of radius 1, x to the right and y down."""


@dataclass(frozen=True)
class Figure:
    """A figure in a picture."""

    shape: str
    """A name in `SHAPES`."""

    colour: tuple[float, float, float]
    """RGB, 0 to 1."""

    x: float
    """In pixels."""

    y: float
    """In pixels."""

    radius: float
    """In pixels."""

    angle: float
    """Clockwise, in radians."""


Range = tuple[float, float]

BRIGHT: Range = (0.75, 1.0)
MIDDLING: Range = (0.5, 0.7)
"""Values of colours, of 0 to 1."""


def random_colour(hue: int, rng: np.random.Generator, value: Range = BRIGHT) -> tuple[float, float, float]:
    """A full colour of one of `HUES` hues."""
    return colorsys.hsv_to_rgb(
        (hue + rng.uniform(-0.25, 0.25)) / HUES, float(rng.uniform(0.75, 1.0)), float(rng.uniform(*value))
    )


Ground = Callable[[np.random.Generator], np.ndarray]
"""(3, SIZE, SIZE) float in [0, 1]: what figures are drawn on."""


def random_ground(rng: np.random.Generator) -> np.ndarray:
    """(3, SIZE, SIZE) float in [0, 1]: dull and dark, from one colour to another in a random direction."""
    return _ground(rng, saturation=(0.0, 0.3), value=(0.05, 0.5))


def coloured_ground(rng: np.random.Generator) -> np.ndarray:
    """The same in full colours, darker or brighter than `MIDDLING` figures, which are seen on their own hue, too."""
    value = ((0.15, 0.4), (0.8, 1.0))[int(rng.integers(2))]
    return _ground(rng, saturation=(0.6, 1.0), value=value)


def _ground(rng: np.random.Generator, *, saturation: Range, value: Range) -> np.ndarray:
    first, second = (
        np.array(colorsys.hsv_to_rgb(float(rng.random()), float(rng.uniform(*saturation)), float(rng.uniform(*value))))
        for _ in range(2)
    )
    angle = rng.uniform(0, 2 * math.pi)
    place = (np.arange(SIZE) + 0.5) / SIZE - 0.5
    along = (place[None] * math.cos(angle) + place[:, None] * math.sin(angle)) / math.sqrt(2) + 0.5
    ground: np.ndarray = first[:, None, None] * (1 - along) + second[:, None, None] * along
    return ground


def coverage(figure: Figure) -> np.ndarray:
    """(SIZE, SIZE) float: how much of each pixel the figure covers, 0 to 1."""
    cos, sin = math.cos(figure.angle), math.sin(figure.angle)
    corners = [
        (
            _FINE * (figure.x + figure.radius * (x * cos - y * sin)) - 0.5,
            _FINE * (figure.y + figure.radius * (x * sin + y * cos)) - 0.5,
        )
        for x, y in SHAPES[figure.shape]
    ]
    canvas = Image.new("L", (_FINE * SIZE, _FINE * SIZE))
    ImageDraw.Draw(canvas).polygon(corners, fill=255)
    fine = np.asarray(canvas, dtype=np.float64).reshape(SIZE, _FINE, SIZE, _FINE)
    covered: np.ndarray = fine.mean(axis=(1, 3)) / 255
    return covered


def render(figures: Sequence[Figure], rng: np.random.Generator, ground: Ground = random_ground) -> np.ndarray:
    """(3, SIZE, SIZE) uint8: the figures, each over those before it, on a random ground under a little noise."""
    picture = ground(rng)
    for figure in figures:
        covered = coverage(figure)
        picture = picture * (1 - covered) + np.array(figure.colour)[:, None, None] * covered
    noisy = 255 * picture + rng.normal(0, rng.uniform(2, 8), picture.shape)
    return np.asarray(np.clip(np.rint(noisy), 0, 255), dtype=np.uint8)
