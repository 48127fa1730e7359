"""What a raw image is: a uint8 array in channels, height, width order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torchvision.transforms.v2 import functional as tvf

from superb_lite.errors import BadItemError


def check_item(name: str, item: Any) -> None:
    """Raise `BadItemError`, naming the item, unless it is a non-empty (3, H, W) or (1, H, W) uint8 array or tensor."""
    if not isinstance(item, np.ndarray | Tensor):
        raise BadItemError(f"image '{name}' is a {type(item).__name__}: give a uint8 array (3, H, W)")
    if item.dtype not in (np.uint8, torch.uint8):
        raise BadItemError(f"image '{name}' has type {item.dtype}: give uint8, 0 to 255")
    shape = tuple(item.shape)
    if len(shape) != 3 or shape[0] not in (1, 3):
        hint = "; put the channels first" if len(shape) == 3 and shape[2] in (1, 3) else ""
        raise BadItemError(f"image '{name}' has shape {shape}: give (3, H, W), or (1, H, W) for grey{hint}")
    if 0 in shape:
        raise BadItemError(f"image '{name}' has shape {shape}: it holds no pixels")


def resize_all(items: Sequence[Any], size: int) -> Tensor:
    """Raw images of any size -> (B, 3, size, size) uint8 pixels.

    The whole image is squeezed into the square (bilinear, antialiased), so nothing is cut off. Grey images get three
    equal channels.
    """
    pixels = []
    for item in items:
        # A copy, because arrays of a data set are read-only and torch would warn of them.
        image = item if isinstance(item, Tensor) else torch.from_numpy(np.array(item))
        if tuple(image.shape[1:]) != (size, size):
            image = tvf.resize(image, [size, size], antialias=True)
        pixels.append(image.expand(3, -1, -1))
    return torch.stack(pixels)
