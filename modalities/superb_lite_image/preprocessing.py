"""preprocessor_config.json: how the library `transformers` prepares the images of a model."""

from __future__ import annotations

import json
import math
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
    """What a model says of its images; None where it says nothing."""

    size: int | None = None
    mean: Numbers | None = None
    std: Numbers | None = None


def preprocessing(folder: Path) -> Preprocessing:
    """What the file in a folder says; nothing where there is none. Raises `SuperbLiteError` for one that is damaged."""
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
    return Preprocessing(size, _numbers(file, "image_mean", mean), _numbers(file, "image_std", std))


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


def _numbers(file: Path, name: str, said: Any) -> Numbers | None:
    if said is None:
        return None
    found = tuple(said) if isinstance(said, list | tuple) else (said,)
    if not _are_numbers(found) or (name == "image_std" and 0 in found):
        raise SuperbLiteError(f"'{file}': {name} must be one number or three")
    return tuple(map(float, found))


def _are_numbers(found: tuple[Any, ...]) -> bool:
    return len(found) in (1, 3) and all(isinstance(n, int | float) and math.isfinite(n) for n in found)
