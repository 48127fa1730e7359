"""raw:pixels, a simple baseline: the resized image itself is the feature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.tasks.labels import Item
from superb_lite_image.items import resize_all
from superb_lite_image.timm_backbone import check_image_size


class PixelEncoder(Encoder):
    """One layer with one position: the image resized to `image_size` x `image_size` and flattened, 0 to 1."""

    modality: ClassVar[str | None] = "image"

    def __init__(self, *, image_size: int = 16) -> None:
        super().__init__()
        self.image_size = check_image_size(image_size)

    def config(self) -> dict[str, Any]:
        return {"image_size": self.image_size}

    def collate(self, items: Sequence[Item]) -> Batch:
        """pixels: (B, 3, S, S) uint8; item: (B,)."""
        return {"pixels": resize_all(items, self.image_size), "item": torch.arange(len(items))}

    def forward(self, batch: Batch) -> Features:
        return one_position(batch["pixels"].flatten(1).float() / 255, batch["item"])


def one_position(vectors: Tensor, item: Tensor) -> Features:
    """The (B, D) vectors of images as features of one layer with one position. item: (B,)."""
    mask = torch.ones(len(vectors), 1, dtype=torch.bool, device=vectors.device)
    return Features(layers=(vectors[:, None],), mask=mask, item=item, summary=vectors)
