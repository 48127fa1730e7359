"""The data of vision-lite/photo: which photograph does a crop come from, in colour and upright?

Unlike vision-lite/texture, colour and what stands above what may help; brightness and contrast vary a little.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from superb_lite.tasks.labels import TaskData
from superb_lite_sources.photographs import Region
from superb_lite_vision import PHOTO
from superb_lite_vision.crops import FLATTEST, crops_by_picture

SIZE = 32
"""Height and width of a crop."""

SHARES = (0.5, 1.0)
"""A crop shows a square whose side is such a share of its region's."""


def load_photo(root: Path | None) -> TaskData:
    """Crops, (3, 32, 32) uint8; `root` is not needed: the photographs come with packages."""
    return crops_by_picture(PHOTO, random_crop)


def random_crop(region: Region, rng: np.random.Generator) -> np.ndarray | None:
    """(3, 32, 32) uint8 crop of a region at a random scale and place, its light changed a little; None if flat."""
    pixels = region.pixels().transpose(1, 2, 0)
    side = min(pixels.shape[:2]) * rng.uniform(*SHARES)
    top, left = (rng.uniform(0, length - side) for length in pixels.shape[:2])
    box = (left, top, left + side, top + side)
    crop = np.asarray(Image.fromarray(pixels).resize((SIZE, SIZE), Image.Resampling.BICUBIC, box), dtype=np.float64)
    gain, lift = rng.uniform(0.8, 1.2), rng.uniform(-20.0, 20.0)
    if crop.mean(axis=2).std() < FLATTEST:
        return None
    return np.asarray(np.clip(np.rint(gain * crop + lift), 0, 255), dtype=np.uint8).transpose(2, 0, 1)
