"""raw:hog, a baseline: histograms of oriented gradients (Dalal and Triggs 2005)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Item
from superb_lite_image.items import resize_all
from superb_lite_image.pixels import one_position
from superb_lite_image.timm_backbone import check_image_size

BLOCK = 2
"""A block has so many cells to each side."""

LARGEST_SHARE = 0.2
"""Where a histogram of unit length is cut ("L2-Hys", section 6.4)."""


class HogEncoder(Encoder):
    """One layer with one position: the normalised histograms of all blocks of the resized image.

    Args:
        image_size: images of any size are resized to this height and width.
        cell: height and width of a cell in pixels; a cell has one histogram, a block four.
        orientations: bins of a histogram, over half a turn.
    """

    modality: ClassVar[str | None] = "image"

    def __init__(self, *, image_size: int = 32, cell: int = 8, orientations: int = 9) -> None:
        super().__init__()
        self.image_size = check_image_size(image_size)
        if cell < 1 or image_size % cell or image_size < BLOCK * cell:
            raise SuperbLiteError(f"cells of {cell} pixels do not divide an image of {image_size} into blocks")
        if not 1 <= orientations <= 360:
            raise SuperbLiteError(f"orientations is {orientations}: give a number of bins from 1 to 360")
        self.cell, self.orientations = cell, orientations

    def config(self) -> dict[str, Any]:
        return {"image_size": self.image_size, "cell": self.cell, "orientations": self.orientations}

    def collate(self, items: Sequence[Item]) -> Batch:
        """pixels: (B, 3, S, S) uint8; item: (B,)."""
        return {"pixels": resize_all(items, self.image_size), "item": torch.arange(len(items))}

    def forward(self, batch: Batch) -> Features:
        images = batch["pixels"].float() / 255
        return one_position(hog(images, cell=self.cell, orientations=self.orientations), batch["item"])


def hog(images: Tensor, *, cell: int, orientations: int) -> Tensor:
    """(B, C, H, W) images -> (B, D) histograms, block after block, as scikit-image's `hog` gives them ("L2-Hys").

    A pixel votes with the length of its gradient, taken in the channel where it is longest, for the bin of its
    direction, in its own cell alone.
    """
    down = F.pad(images[..., 2:, :] - images[..., :-2, :], (0, 0, 1, 1))
    across = F.pad(images[..., 2:] - images[..., :-2], (1, 1))
    lengths = torch.hypot(down, across)
    longest = lengths.argmax(dim=1, keepdim=True)
    length, down, across = (x.gather(1, longest)[:, 0] for x in (lengths, down, across))
    turn = torch.atan2(down, across) / math.pi % 1.0  # in halves of a turn
    number = (turn * orientations).long().clamp(max=orientations - 1)
    votes = F.one_hot(number, orientations).movedim(-1, 1) * length[:, None]  # (B, O, H, W)
    cells = F.avg_pool2d(votes, cell)
    blocks = cells.unfold(2, BLOCK, 1).unfold(3, BLOCK, 1).permute(0, 2, 3, 4, 5, 1).flatten(3)
    clipped = _unit_length(blocks).clamp(max=LARGEST_SHARE)
    return _unit_length(clipped).flatten(1)


def _unit_length(blocks: Tensor) -> Tensor:
    return blocks / (blocks.square().sum(dim=-1, keepdim=True) + 1e-10).sqrt()
