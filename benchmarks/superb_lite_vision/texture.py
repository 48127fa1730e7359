"""The data of vision-lite/texture: which picture does a crop come from?

Training and test crops come from different regions of each picture, and pretraining sees neither. A crop is grey,
turned by any angle, taken at a random scale, and its mean and standard deviation are drawn at random: colour,
brightness and contrast, which would give many pictures away, say nothing. Pictures that are mostly flat are not among
the classes.
"""

from __future__ import annotations

import hashlib
import math
from pathlib import Path

import numpy as np
from PIL import Image

from superb_lite.errors import SuperbLiteError
from superb_lite.sources.photographs import Part, Region, regions
from superb_lite.task import Example, TaskData
from superb_lite_vision import TEXTURE

SIZE = 32
"""Height and width of a crop."""

FRAME = 64
"""Every region is resized to this height and width first."""

SIDES = (24.0, 44.0)
"""A crop shows a square with a side of so many pixels of the frame, which fits in it at any angle."""

FLATTEST = 6.0
"""Crops whose grey levels have a smaller standard deviation (of 0 to 255) show nothing and are drawn again."""

PER_PICTURE = {"train": 60, "test": 60}


def load_texture(root: Path | None) -> TaskData:
    """Crops, (1, 32, 32) uint8; `root` is not needed: the pictures come with packages."""
    items: dict[str, np.ndarray] = {}
    train = _examples("train", items)
    test = _examples("test", items)
    return TaskData(items=items, train=train, test=test)


def _examples(part: Part, items: dict[str, np.ndarray]) -> tuple[Example, ...]:
    """The examples of one part; their crops are added to `items`."""
    examples = []
    for label, picture in enumerate(TEXTURE.labels):
        seed = hashlib.sha256(f"vision-lite/texture/{part}/{picture}".encode()).digest()
        rng = np.random.default_rng(int.from_bytes(seed[:8], "little"))
        tiles = regions(picture, part)
        number, turn = 0, 0
        while number < PER_PICTURE[part]:
            if turn == 100 * PER_PICTURE[part]:
                raise SuperbLiteError(f"the {part} regions of '{picture}' are too flat to be cropped")
            region = tiles[turn % len(tiles)]  # the regions take turns, so that each has its share
            turn += 1
            crop = random_crop(region, rng)
            if crop.std() < FLATTEST:
                continue
            key = f"{part}-{picture}-{number}"
            items[key] = relight(crop, rng)[None]
            examples.append(Example(id=key, items=(key,), label=label, cluster=region.id))
            number += 1
    return tuple(examples)


def random_crop(region: Region, rng: np.random.Generator) -> np.ndarray:
    """(32, 32) uint8 grey crop of a region at a random scale, angle and place."""
    grey = Image.fromarray(region.pixels().transpose(1, 2, 0)).convert("L")
    frame = grey.resize((FRAME, FRAME), Image.Resampling.BICUBIC)
    side = rng.uniform(*SIDES)
    angle = rng.uniform(0.0, 2 * math.pi)
    step_x, step_y = math.cos(angle) * side / SIZE, math.sin(angle) * side / SIZE
    # The turned square must stay in the frame: its half extent is this much to each side of its centre.
    margin = side / 2 * (abs(math.cos(angle)) + abs(math.sin(angle)))
    x, y = rng.uniform(margin, FRAME - margin, size=2)
    # PIL maps pixel (column, row) of the crop to the point (a*column + b*row + c, d*column + e*row + f) of the frame.
    half = SIZE / 2
    mapping = (
        step_x,
        -step_y,
        x - half * step_x + half * step_y,
        step_y,
        step_x,
        y - half * step_y - half * step_x,
    )
    return np.asarray(frame.transform((SIZE, SIZE), Image.Transform.AFFINE, mapping, Image.Resampling.BILINEAR))


def relight(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The uint8 crop with a random mean (90-165) and standard deviation (25-60); what exceeds 0-255 is clipped."""
    mean, deviation = rng.uniform(90.0, 165.0), rng.uniform(25.0, 60.0)
    light = (crop - crop.mean()) / crop.std() * deviation + mean
    return np.asarray(np.clip(np.rint(light), 0, 255), dtype=np.uint8)
