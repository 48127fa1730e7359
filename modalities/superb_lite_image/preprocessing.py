"""preprocessor_config.json: how the library `transformers` prepares the images of a model."""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.paths import read_utf8
from superb_lite_image.timm_backbone import LARGEST_IMAGE

FILE, LIMIT = "preprocessor_config.json", 2**20

Numbers = tuple[float, ...]
"""One, or one for each channel."""


@dataclass(frozen=True)
class Preprocessing:
    """What a model says of its images; None where it says nothing. mean and std are those of pixels from 0 to 1."""

    size: int | None = None
    mean: Numbers | None = None
    std: Numbers | None = None

    flipped: bool = False
    """The channels are blue, green, red."""


def preprocessing(folder: Path, given: Collection[str] = ()) -> Preprocessing:
    """What the file in a folder says; nothing where there is none.

    given: options that count more than the file. Raises `SuperbLiteError` for a file that is damaged, and for one that
    leaves open what is neither in it nor in `given`: `transformers` has a mean for each class of models.
    """
    file = folder / FILE
    if not file.exists():
        return Preprocessing()
    try:
        said = json.loads(read_utf8(file, limit=LIMIT))
    except (ValueError, RecursionError):
        raise SuperbLiteError(f"'{file}' is not JSON") from None
    if not isinstance(said, dict):
        raise SuperbLiteError(f"'{file}' is not a JSON object")
    crop = said.get("crop_size") if said.get("do_center_crop") else None
    size = _side(crop) or _side(said.get("size"))
    plain = said.get("do_normalize", True) is False
    mean, std = ((0.0,), (1.0,)) if plain else (said.get("image_mean"), said.get("image_std"))
    for option, number in (("mean", mean), ("std", std)):
        if number is None and option not in given:
            raise SuperbLiteError(
                f"'{file}' has no image_{option}: say {option}=, {option}=0.5 or {option}=0.5:0.5:0.5"
            )
    brightest = _brightest(file, said)
    mean, std = (_scaled(_numbers(file, f"image_{n}", v), brightest) for n, v in (("mean", mean), ("std", std)))
    return Preprocessing(size, mean, std, flipped=bool(said.get("do_flip_channel_order")))


def numbers_of(name: str, text: str) -> Numbers:
    """One number, or three with colons between them. std must not be 0."""
    try:
        found = tuple(float(part) for part in text.split(":"))
    except ValueError:
        found = ()
    if not _are_numbers(found) or (name == "std" and 0.0 in found):
        raise SuperbLiteError(
            f"{name} must be one number or three with colons between them, not '{one_line(text, 60)}'"
        )
    return found


def _side(said: Any) -> int | None:
    """The side of a square: {"height": 224, "width": 224}, {"shortest_edge": 224}, or 224."""
    if isinstance(said, dict):
        said = said.get("shortest_edge", said.get("height"))
    return said if isinstance(said, int) and not isinstance(said, bool) and 0 < said <= LARGEST_IMAGE else None


def _brightest(file: Path, said: dict[str, Any]) -> float:
    """What the brightest pixel is before the mean is subtracted: 255 where pixels are not rescaled."""
    factor = 1 if said.get("do_rescale", True) is False else said.get("rescale_factor", 1 / 255)
    if not _are_numbers((factor,)) or factor <= 0:
        raise SuperbLiteError(f"'{file}': rescale_factor must be a number above 0")
    return 1.0 if math.isclose(255 * factor, 1) else 255.0 * factor


def _scaled(numbers: Numbers | None, brightest: float) -> Numbers | None:
    return None if numbers is None else tuple(number / brightest for number in numbers)


def _numbers(file: Path, name: str, said: Any) -> Numbers | None:
    if said is None:
        return None
    found = tuple(said) if isinstance(said, list | tuple) else (said,)
    if not _are_numbers(found) or (name == "image_std" and 0 in found):
        raise SuperbLiteError(f"'{file}': {name} must be one number or three")
    return tuple(map(float, found))


def _are_numbers(found: tuple[Any, ...]) -> bool:
    return len(found) in (1, 3) and all(isinstance(n, int | float) and math.isfinite(n) for n in found)
