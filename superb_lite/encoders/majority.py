"""`majority`: a constant feature, so that a probe can learn nothing but the frequencies of the classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.tasks.labels import Item

EVERYTHING = 2**40
"""Where the only position ends, in characters or samples: after any item."""


class MajorityEncoder(Encoder):
    """One position per item of any modality, covering all of it, whose only feature is 1."""

    modality: ClassVar[str | None] = None

    def collate(self, items: Sequence[Item]) -> Batch:
        return {"item": torch.arange(len(items))}

    def forward(self, batch: Batch) -> Features:
        item = batch["item"]
        one = torch.ones(len(item), 1, 1, device=item.device)
        return Features(
            layers=(one,),
            mask=one[..., 0].bool(),
            item=item,
            spans=torch.tensor([0, EVERYTHING], device=item.device).expand(len(item), 1, 2),
        )

    def config(self) -> dict[str, Any]:
        return {}
