"""Examples that are crops of photograph regions, labelled by the photograph they come from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.task import Task
from superb_lite_sources.photographs import Part, Region, regions

Crop = Callable[[Region, np.random.Generator], np.ndarray | None]
"""A raw image out of a region, or None where it shows nothing and is to be drawn again."""

FLATTEST = 6.0
"""Crops whose grey levels have a smaller standard deviation (of 0 to 255) show nothing."""

PER_PICTURE = 60
"""Crops of each picture in each part."""


def crops_by_picture(task: Task, crop: Crop) -> TaskData:
    """The same number of crops of every picture that is a label of the task.

    Training and test crops come from different regions; the region is the cluster. Raises `SuperbLiteError` for a
    picture whose regions show nothing.
    """
    items: dict[str, np.ndarray] = {}
    train = _examples(task, "train", crop, items)
    test = _examples(task, "test", crop, items)
    return TaskData(items=items, train=train, test=test)


def _examples(task: Task, part: Part, crop: Crop, items: dict[str, np.ndarray]) -> tuple[Example, ...]:
    """The examples of one part; their crops are added to `items`."""
    examples = []
    for label, picture in enumerate(task.labels):
        seed = hashlib.sha256(f"{task.name}/{part}/{picture}".encode()).digest()
        rng = np.random.default_rng(int.from_bytes(seed[:8], "little"))
        tiles = regions(picture, part)
        number, turn = 0, 0
        while number < PER_PICTURE:
            if turn == 100 * PER_PICTURE:
                raise SuperbLiteError(f"the {part} regions of '{picture}' are too flat to be cropped")
            region = tiles[turn % len(tiles)]  # the regions take turns, so that each has its share
            turn += 1
            image = crop(region, rng)
            if image is None:
                continue
            key = f"{part}-{picture}-{number}"
            items[key] = image
            examples.append(Example(id=key, items=(key,), label=label, cluster=region.id))
            number += 1
    return tuple(examples)
