"""`majority`: a constant feature, so that a probe can learn nothing but the frequencies of the classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.tasks.labels import Item


class MajorityEncoder(Encoder):
    """One position per item of any modality, covering all of it, whose only feature is 1."""

    modality: ClassVar[str | None] = None

    def collate(self, items: Sequence[Item]) -> Batch:
        return {"item": torch.arange(len(items))}

    def forward(self, batch: Batch) -> Features:
        rows = len(batch["item"])
        everything = torch.tensor([0, 2**40]).expand(rows, 1, 2)
        return Features(
            layers=(torch.ones(rows, 1, 1, device=batch["item"].device),),
            mask=torch.ones(rows, 1, dtype=torch.bool),
            item=batch["item"],
            spans=everything,
        )

    def config(self) -> dict[str, Any]:
        return {}
