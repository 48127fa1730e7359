"""Contrast: two stretches of one recording are told from those of others.

So are two segments of one patient's heart in CLOCS (Kiyasseh et al. 2021, arXiv:2005.13249). The loss is that of SimCLR
(Chen et al. 2020, arXiv:2002.05709, section 2.1).
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite import Objective
from superb_lite_motion.encoders import PatchEncoder
from superb_lite_motion.recordings import positions


class Contrast(Objective):
    """Cross entropy of each other stretch of the same recording among all stretches of the batch.

    Args:
        temperature: of the cosines between stretches.
        options: those of every `Objective`.
    """

    encoder: PatchEncoder

    def __init__(self, *, encoder: PatchEncoder, temperature: float = 0.2, **options: Any) -> None:
        super().__init__(encoder=encoder, **options)
        width = encoder.project.out_features
        self.temperature = temperature
        self.head = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))

    def training_step(self, batch: dict[str, Tensor], batch_idx: int) -> Tensor:
        """batch: as `superb_lite_motion.recordings.pack` makes it, and `recording` (B,), which one a row is of."""
        mask, _ = positions(batch, self.encoder.patch)
        context = self.encoder.transformer(self.encoder.embed(batch), mask)[-1]
        mean = (context * mask[..., None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)
        projected = F.normalize(self.head(mean), dim=1)
        itself = torch.eye(len(mean), dtype=torch.bool, device=mask.device)
        similar = (projected @ projected.T / self.temperature).masked_fill(itself, float("-inf"))
        same = (batch["recording"][:, None] == batch["recording"]) & ~itself
        loss = -similar.log_softmax(dim=1)[same].mean()
        self.log("loss", loss)
        return loss
