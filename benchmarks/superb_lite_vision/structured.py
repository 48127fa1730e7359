"""The data of the rendered tasks of vision-lite: what is where, how many, and which way around.

Every picture is rendered from a seed, and everything that is not asked for is random. A quarter of the combinations of
shape and hue are only ever tested (in `shape`: of size and hue; in `colour`: of shape and size), so that what was
learnt has to hold for figures that are new. The combinations are not those of a class and a hue: with these, seeing a
hue would speak against the very classes that are tested in it, and untrained encoders score below chance.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np

from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.task import Task
from superb_lite_vision import COLOUR, COUNT, DISTANCE, LOCATION, ORIENTATION, SHAPE
from superb_lite_vision.rendering import (
    BRIGHT,
    HUES,
    MIDDLING,
    SIZE,
    Figure,
    Ground,
    Range,
    coloured_ground,
    random_colour,
    random_ground,
    render,
)

Part = Literal["train", "test"]
Draw = Callable[[int, Part, np.random.Generator], Sequence[Figure]]
"""The figures of one picture of a class, for a part."""

PICTURES: Mapping[Part, int] = MappingProxyType({"train": 2000, "test": 1000})
"""Pictures of each part, over all classes; a system may label half of the pool."""

PICTURES_OF_CORE: Mapping[Part, int] = MappingProxyType({"train": 2000, "test": 1500})
"""The same for a task of the core board, which has to show smaller differences."""

PLAIN = ("circle", "square", "triangle", "star", "cross")
HEADED = ("arrow", "dart", "wedge", "pin")
APART = 1.0
"""Pixels between two figures, at least."""

NEAREST, FURTHEST = 8.5, 21.0
"""The range of distances, in pixels between centres, that the classes of `distance` divide evenly."""

GRID, MARGIN = 5, 6.0
"""`location` has so many rows and columns of places, and figures keep their centres so far from the edges."""

LEVELS, SMALLEST, LARGEST = 4, 5.0, 9.0
"""The radii of figures in `shape`, in pixels, in so many sizes."""

SMALLEST_COLOURED, LARGEST_COLOURED = 4.0, 7.0
"""The same in `colour`, whose figures are small, so that their ground decides the mean colour of a picture."""


def load_count(root: Path | None) -> TaskData:
    """1 to 5 figures; `root` is not needed here and below: the pictures are rendered."""
    return _task_data(COUNT, count_figures)


def load_shape(root: Path | None) -> TaskData:
    """One figure; its shape is asked for."""
    return _task_data(SHAPE, shape_figures, PICTURES_OF_CORE)


def load_colour(root: Path | None) -> TaskData:
    """One figure on a ground of any two colours; the hue of the figure is asked for."""
    return _task_data(COLOUR, colour_figures, ground=coloured_ground)


def load_orientation(root: Path | None) -> TaskData:
    """One figure with a heading, which is asked for."""
    return _task_data(ORIENTATION, orientation_figures)


def load_location(root: Path | None) -> TaskData:
    """One figure; its place on a grid is asked for."""
    return _task_data(LOCATION, location_figures)


def load_distance(root: Path | None) -> TaskData:
    """Two figures; their distance is asked for."""
    return _task_data(DISTANCE, distance_figures)


def count_figures(label: int, part: Part, rng: np.random.Generator) -> list[Figure]:
    radii = rng.uniform(2.5, 4.5, size=label + 1)
    return [_plain(part, x, y, radius, rng) for (x, y), radius in zip(_places(radii, rng), radii, strict=True)]


def shape_figures(label: int, part: Part, rng: np.random.Generator) -> list[Figure]:
    level, hue = _combination(LEVELS, part, rng)
    radius = _radius(level, SMALLEST, LARGEST, rng)
    ((x, y),) = _places([radius], rng)
    return [_figure(PLAIN[label], hue, x, y, radius, rng)]


def colour_figures(label: int, part: Part, rng: np.random.Generator) -> list[Figure]:
    shape, level = _combination(len(PLAIN), part, rng, others=LEVELS)
    radius = _radius(level, SMALLEST_COLOURED, LARGEST_COLOURED, rng)
    ((x, y),) = _places([radius], rng)
    return [_figure(PLAIN[shape], label, x, y, radius, rng, MIDDLING)]


def orientation_figures(label: int, part: Part, rng: np.random.Generator) -> list[Figure]:
    shape, hue = _combination(len(HEADED), part, rng)
    radius = rng.uniform(6.0, 9.0)
    ((x, y),) = _places([radius], rng)
    eighth = 2 * math.pi / len(ORIENTATION.labels)
    angle = eighth * (label + rng.uniform(-0.35, 0.35))
    return [Figure(HEADED[shape], random_colour(hue, rng), x, y, radius, angle)]


def location_figures(label: int, part: Part, rng: np.random.Generator) -> list[Figure]:
    row, column = divmod(label, GRID)
    radius = rng.uniform(3.0, 5.0)
    cell = (SIZE - 2 * MARGIN) / GRID
    x, y = (MARGIN + cell * (place + 0.5 + rng.uniform(-0.35, 0.35)) for place in (column, row))
    return [_plain(part, x, y, radius, rng)]


def distance_figures(label: int, part: Part, rng: np.random.Generator) -> list[Figure]:
    radii = rng.uniform(2.5, 3.75, size=2)
    step = (FURTHEST - NEAREST) / len(DISTANCE.labels)
    distance = NEAREST + step * (label + rng.uniform(0.15, 0.85))
    while True:
        x, y = rng.uniform(radii[0], SIZE - radii[0], size=2)
        angle = rng.uniform(0, 2 * math.pi)
        second = (x + distance * math.cos(angle), y + distance * math.sin(angle))
        if all(radii[1] <= place <= SIZE - radii[1] for place in second):
            return [_plain(part, x, y, radii[0], rng), _plain(part, *second, radii[1], rng)]


def is_tested(kind: int, other: int) -> bool:
    """Whether a kind of figure (the index of a shape or of a size) in a hue, or of a size, is in the test part; else in
    the pool."""
    return (kind + other) % 4 == 0


def _combination(kinds: int, part: Part, rng: np.random.Generator, others: int = HUES) -> tuple[int, int]:
    """A kind of figure and a hue (or whatever there are `others` of) that go together in a part."""
    allowed = [(k, other) for k in range(kinds) for other in range(others) if is_tested(k, other) == (part == "test")]
    return allowed[int(rng.integers(len(allowed)))]


def _radius(level: int, smallest: float, largest: float, rng: np.random.Generator) -> float:
    """In pixels, of a figure of one of `LEVELS` sizes, with gaps between them."""
    return smallest + (largest - smallest) / LEVELS * (level + float(rng.uniform(0.1, 0.9)))


def _plain(part: Part, x: float, y: float, radius: float, rng: np.random.Generator) -> Figure:
    shape, hue = _combination(len(PLAIN), part, rng)
    return _figure(PLAIN[shape], hue, x, y, radius, rng)


def _figure(
    shape: str, hue: int, x: float, y: float, radius: float, rng: np.random.Generator, value: Range = BRIGHT
) -> Figure:
    return Figure(shape, random_colour(hue, rng, value), x, y, radius, rng.uniform(0, 2 * math.pi))


def _places(radii: Sequence[float] | np.ndarray, rng: np.random.Generator) -> list[tuple[float, float]]:
    """A centre for each circle, so that all lie within the picture and none touches another."""
    while True:
        places: list[tuple[float, float]] = []
        for radius in radii:
            x, y = rng.uniform(radius, SIZE - radius, size=2)
            if any(math.dist((x, y), p) < radius + r + APART for p, r in zip(places, radii, strict=False)):
                break
            places.append((x, y))
        else:
            return places


def _task_data(
    task: Task, draw: Draw, pictures: Mapping[Part, int] = PICTURES, ground: Ground = random_ground
) -> TaskData:
    items: dict[str, np.ndarray] = {}
    parts: dict[Part, tuple[Example, ...]] = {}
    for part, total in pictures.items():
        examples = []
        for label in range(len(task.labels)):
            seed = hashlib.sha256(f"{task.name}/{task.version}/{part}/{label}".encode()).digest()
            rng = np.random.default_rng(int.from_bytes(seed[:8], "little"))
            for number in range(total // len(task.labels)):
                key = f"{part}-{label}-{number}"
                items[key] = render(draw(label, part, rng), rng, ground)
                examples.append(Example(id=key, items=(key,), label=label))
        parts[part] = tuple(examples)
    return TaskData(items=items, train=parts["train"], test=parts["test"])
