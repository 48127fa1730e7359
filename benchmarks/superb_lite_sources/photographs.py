"""The photographs that scikit-image and scikit-learn ship, cut into regions for pretraining, training and testing.

The area of each picture is cut once into square tiles with gaps between them, and each tile is given to one part. So
two parts never share a pixel, and every picture is in every part. Nothing is ever downloaded: only files that lie in
the installed wheels are read. scikit-image's are public domain or CC0 (see the documentation of `skimage.data`);
scikit-learn's two are CC BY 2.0, from flickr: "china" by danielbuechele, "flower" by vultilion (as its README has it).
"""

from __future__ import annotations

import functools
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np
from PIL import Image

from superb_lite.errors import SuperbLiteError
from superb_lite.imports import optional

Part = Literal["pretraining", "train", "test"]

PARTITION_VERSION = 1
"""Raise it when a tile changes its part; it seeds the draw."""

GAP = 6
"""Pixels between two tiles, which belong to no part."""

SHARES: Mapping[Part, float] = MappingProxyType({"pretraining": 0.5, "train": 0.2, "test": 0.3})

_FILES = MappingProxyType(
    {  # name: (file within its package, start of its SHA-256)
        "astronaut": ("skimage/data/astronaut.png", "88431cd9653ccd53"),
        "brick": ("skimage/data/brick.png", "7966caf324f6ba84"),
        "camera": ("skimage/data/camera.png", "b0793d2adda0fa6a"),
        "cell": ("skimage/data/cell.png", "8d23a7fb81f7cc87"),
        "chelsea": ("skimage/data/chelsea.png", "596aa1e7cb875eb7"),
        "china": ("sklearn/datasets/images/china.jpg", "8378025ad2519d64"),
        "clock": ("skimage/data/clock_motion.png", "f029226b28b642e8"),
        "coffee": ("skimage/data/coffee.png", "cc02f8ca188b167c"),
        "coins": ("skimage/data/coins.png", "f8d773fc9cfa6f4d"),
        "flower": ("sklearn/datasets/images/flower.jpg", "a77f6ec41e353afd"),
        "grass": ("skimage/data/grass.png", "b6b6022426b38936"),
        "gravel": ("skimage/data/gravel.png", "c48615b451bf1e60"),
        "hubble": ("skimage/data/hubble_deep_field.jpg", "3a19c5dd8a927a93"),
        "immunohistochemistry": ("skimage/data/ihc.png", "f8dd1aa387ddd1f4"),
        "moon": ("skimage/data/moon.png", "78739619d11f7eb9"),
        # Only the left one of the stereo pair: the right one shows the same things.
        "motorcycle": ("skimage/data/motorcycle_left.png", "db18e9c415761740"),
        "page": ("skimage/data/page.png", "341a6f0a61557662"),
        "retina": ("skimage/data/retina.jpg", "38a07f36f27f095e"),
        "rocket": ("skimage/data/rocket.jpg", "c2dd0de7c538df8d"),
        "text": ("skimage/data/text.png", "bd84aa3a6e3c9887"),
    }
)

_PACKAGES = MappingProxyType({"skimage": "scikit-image", "sklearn": "scikit-learn"})

PICTURES: tuple[str, ...] = tuple(_FILES)
"""The names of the pictures, sorted."""


@dataclass(frozen=True)
class Region:
    """A rectangle of a picture, half open, in pixels: rows [top, bottom), columns [left, right)."""

    picture: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def id(self) -> str:
        """A readable name, such as "moon-70-140"."""
        return f"{self.picture}-{self.top}-{self.left}"

    def pixels(self) -> np.ndarray:
        """(3, H, W) uint8, read-only."""
        return picture(self.picture)[:, self.top : self.bottom, self.left : self.right]


@functools.cache
def picture(name: str) -> np.ndarray:
    """One whole picture as (3, H, W) uint8, read-only; grey pictures have three equal channels.

    Raises `SuperbLiteError` when the installed package does not ship exactly the expected file.
    """
    file, expected = _FILES[name]
    module, _, inner = file.partition("/")
    package = _PACKAGES[module]
    found = optional(module, package=package, extra="lite", purpose=f"the photograph '{name}'")
    path = Path(found.__file__).parent / inner
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        content = b""
    if not hashlib.sha256(content).hexdigest().startswith(expected):
        which = "another" if content else "no"
        raise SuperbLiteError(
            f"{package} {found.__version__} ships {which} '{path.name}': install a version that constraints.txt names"
        )
    with Image.open(io.BytesIO(content)) as image:
        pixels = np.ascontiguousarray(np.asarray(image.convert("RGB")).transpose(2, 0, 1))
    pixels.setflags(write=False)
    return pixels


@functools.cache
def regions(name: str, part: Part) -> tuple[Region, ...]:
    """The tiles of one picture that belong to one part, in reading order."""
    tiles = _tiles(name)
    seed = hashlib.sha256(f"photographs/{PARTITION_VERSION}/{name}".encode()).digest()
    order = np.random.default_rng(int.from_bytes(seed[:8], "little")).permutation(len(tiles))
    first = round(SHARES["pretraining"] * len(tiles))
    second = first + round(SHARES["train"] * len(tiles))
    bounds = {"pretraining": (0, first), "train": (first, second), "test": (second, len(tiles))}
    start, stop = bounds[part]
    return tuple(tiles[i] for i in sorted(order[start:stop]))


def all_regions(part: Part) -> tuple[Region, ...]:
    """The tiles of all pictures that belong to one part."""
    return tuple(region for name in PICTURES for region in regions(name, part))


def _tiles(name: str) -> list[Region]:
    """Square tiles with a side of an eighth of the picture's shorter side, but at least 60 pixels, in reading order."""
    height, width = picture(name).shape[1:]
    side = max(60, min(height, width) // 8)
    step = side + GAP
    tops = range(0, height - side + 1, step)
    lefts = range(0, width - side + 1, step)
    return [Region(name, top, left, top + side, left + side) for top in tops for left in lefts]
