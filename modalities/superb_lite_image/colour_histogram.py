"""raw:colour-histogram, a baseline: how often each colour occurs, whatever its place (Swain and Ballard 1991)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Item
from superb_lite_image.items import resize_all
from superb_lite_image.pixels import one_position
from superb_lite_image.timm_backbone import check_image_size

MOST_LEVELS = 32
"""Of each channel: 32,768 colours."""


class ColourHistogramEncoder(Encoder):
    """One layer with one position: the square root of the share of each colour among the pixels of the resized image.

    With square roots, distances are Hellinger's, so that rare colours count as well.

    Args:
        image_size: images of any size are resized to this height and width.
        levels: of each of red, green and blue; there are so many to the third power colours.
    """

    modality: ClassVar[str | None] = "image"

    def __init__(self, *, image_size: int = 32, levels: int = 8) -> None:
        super().__init__()
        self.image_size = check_image_size(image_size)
        if not 1 <= levels <= MOST_LEVELS:
            raise SuperbLiteError(f"levels is {levels}: give a number of levels from 1 to {MOST_LEVELS}")
        self.levels = levels

    def config(self) -> dict[str, Any]:
        return {"image_size": self.image_size, "levels": self.levels}

    def collate(self, items: Sequence[Item]) -> Batch:
        """pixels: (B, 3, S, S) uint8; item: (B,)."""
        return {"pixels": resize_all(items, self.image_size), "item": torch.arange(len(items))}

    def forward(self, batch: Batch) -> Features:
        return one_position(colour_histogram(batch["pixels"], levels=self.levels).sqrt(), batch["item"])


def colour_histogram(pixels: Tensor, *, levels: int) -> Tensor:
    """(B, 3, H, W) uint8 -> (B, levels ** 3) shares of the pixels, red slowest; each row sums to one."""
    red, green, blue = (pixels.long() * levels // 256).flatten(2).unbind(dim=1)  # (B, H*W) each
    colour = (red * levels + green) * levels + blue
    counts = torch.zeros(len(pixels), levels**3, device=pixels.device)
    counts.scatter_add_(1, colour, torch.ones_like(colour, dtype=counts.dtype))
    return counts / colour.shape[1]
