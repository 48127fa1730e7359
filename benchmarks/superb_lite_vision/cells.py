"""The data of vision-lite/cells: which tissue does a crop show?

Of scikit-image's immunohistochemistry, a section of colon, the epithelium is stained brown, while the stroma around it
shows blue nuclei only. The label comes from the colour, which the crop does not have: it is grey, turned or mirrored,
and its light is drawn at random, so that structure alone tells. Crops of its retina are a fourth class. Test crops come
from regions that neither training nor pretraining sees; a small picture has few regions, so labelled crops come from
all others, those of pretraining too.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from PIL import Image

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Example, TaskData
from superb_lite_sources.photographs import Part, regions
from superb_lite_vision import CELLS
from superb_lite_vision.crops import FLATTEST
from superb_lite_vision.texture import relight

STAINED_PICTURE, OTHER_PICTURE = "immunohistochemistry", "retina"

SIZE = 32
"""Height and width of a crop."""

SIDES = {STAINED_PICTURE: (28, 44), OTHER_PICTURE: (56, 88)}
"""A crop shows a square with a side of so many pixels of the picture."""

BROWN = 30
"""A pixel counts as stained when its red exceeds its blue by more than this (of 255)."""

STAINED = ((0.0, 0.1), (0.35, 0.65), (0.9, 1.0))
"""For each class of the stained picture the share of stained pixels; crops between two classes are not used."""

PER_CLASS = {"train": 300, "test": 150}

REGIONS: dict[str, tuple[Part, ...]] = {"train": ("pretraining", "train"), "test": ("test",)}
"""The parts of a picture that the examples come from."""


def load_cells(root: Path | None) -> TaskData:
    """Crops, (1, 32, 32) uint8; `root` is not needed: the pictures come with scikit-image."""
    items: dict[str, np.ndarray] = {}
    train = _examples("train", items)
    test = _examples("test", items)
    return TaskData(items=items, train=train, test=test)


def stained_share(crop: np.ndarray) -> float:
    """The share of the pixels of an (H, W, 3) uint8 crop that are stained brown."""
    return float((crop[..., 0].astype(int) - crop[..., 2] > BROWN).mean())


def class_of(share: float) -> int | None:
    """The class of a crop with such a share of stained pixels; None between the classes."""
    return next((label for label, (low, high) in enumerate(STAINED) if low <= share <= high), None)


def _examples(part: str, items: dict[str, np.ndarray]) -> tuple[Example, ...]:
    """The examples of one part; their crops are added to `items`."""
    seed = hashlib.sha256(f"{CELLS.name}/{CELLS.version}/{part}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(seed[:8], "little"))
    found: list[list[Example]] = [[] for _ in CELLS.labels]
    for picture in (STAINED_PICTURE, OTHER_PICTURE):
        tiles = [region for source in REGIONS[part] for region in regions(picture, source)]
        classes = found[:-1] if picture == STAINED_PICTURE else found[-1:]
        for turn in range(1000 * PER_CLASS[part]):
            region = tiles[turn % len(tiles)]  # the regions take turns, so that each has its share
            pixels = region.pixels().transpose(1, 2, 0)
            side = int(rng.integers(SIDES[picture][0], SIDES[picture][1] + 1))
            top, left = (int(rng.integers(length - side + 1)) for length in pixels.shape[:2])
            crop = pixels[top : top + side, left : left + side]
            quarter_turns, mirrored = int(rng.integers(4)), bool(rng.integers(2))
            label = class_of(stained_share(crop)) if picture == STAINED_PICTURE else CELLS.labels.index(picture)
            grey = np.asarray(Image.fromarray(crop).convert("L").resize((SIZE, SIZE), Image.Resampling.BICUBIC))
            if label is None or len(found[label]) == PER_CLASS[part] or grey.std() < FLATTEST:
                continue
            grey = np.rot90(grey[:, ::-1] if mirrored else grey, quarter_turns)
            key = f"{part}-{label}-{len(found[label])}"
            items[key] = np.ascontiguousarray(relight(grey, rng))[None]
            found[label].append(Example(id=key, items=(key,), label=label, cluster=region.id))
            if all(len(examples) == PER_CLASS[part] for examples in classes):
                break
        else:
            raise SuperbLiteError(f"the {part} regions of '{picture}' do not show every class of '{CELLS.name}'")
    return tuple(example for examples in found for example in examples)
