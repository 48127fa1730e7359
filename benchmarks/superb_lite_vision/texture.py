"""The data of vision-lite/texture: which picture does a crop come from?

Training and test crops come from different regions of each picture, and pretraining sees neither. A crop is grey,
turned by any angle, taken at a random scale, and its mean and standard deviation are drawn at random: colour,
brightness and contrast, which would give many pictures away, say nothing. Pictures that are mostly flat are not among
the classes.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from PIL import Image

from superb_lite.tasks.labels import TaskData
from superb_lite_sources.photographs import Region
from superb_lite_vision import TEXTURE
from superb_lite_vision.crops import FLATTEST, crops_by_picture

SIZE = 32
"""Height and width of a crop."""

FRAME = 64
"""Every region is resized to this height and width first."""

SIDES = (24.0, 44.0)
"""A crop shows a square with a side of so many pixels of the frame, which fits in it at any angle."""


def load_texture(root: Path | None) -> TaskData:
    """Crops, (1, 32, 32) uint8; `root` is not needed: the pictures come with packages."""
    return crops_by_picture(TEXTURE, _lit_crop)


def _lit_crop(region: Region, rng: np.random.Generator) -> np.ndarray | None:
    crop = random_crop(region, rng)
    return None if crop.std() < FLATTEST else relight(crop, rng)[None]


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
