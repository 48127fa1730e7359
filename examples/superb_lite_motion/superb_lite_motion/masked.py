"""MaskedPatches: hidden stretches of time are restored (PatchTST, Nie et al. 2023, arXiv:2211.14730, section 3.2)."""

from typing import Any

import torch
from torch import Tensor, nn

from superb_lite import Objective
from superb_lite_motion.encoders import PatchEncoder
from superb_lite_motion.recordings import positions


class MaskedPatches(Objective):
    """Squared error of the hidden patches of all channels, in shares of the variance of the recording's channel.

    Args:
        mask_rate: of the patches that are hidden.
        options: those of every `Objective`.
    """

    encoder: PatchEncoder

    def __init__(self, *, encoder: PatchEncoder, mask_rate: float = 0.4, **options: Any) -> None:
        super().__init__(encoder=encoder, **options)
        width = encoder.project.out_features
        self.mask_rate = mask_rate
        self.hidden = nn.Parameter(torch.zeros(width))
        self.restore = nn.Linear(width, encoder.patch)

    def training_step(self, batch: dict[str, Tensor], batch_idx: int) -> Tensor:
        """batch: what `superb_lite_motion.recordings.pack` makes."""
        mask, _ = positions(batch, self.encoder.patch)
        hidden = mask & (torch.rand(mask.shape, device=mask.device) < self.mask_rate)
        embedded = torch.where(hidden[..., None], self.hidden, self.encoder.embed(batch))
        context = self.encoder.transformer(embedded, mask)[-1]
        channel = torch.arange(batch["signal"].shape[2], device=mask.device)
        restored = self.restore(context[:, :, None] * self.encoder.codes[channel])  # (B, P, C, patch)
        error = (restored - self.encoder.patches(batch["signal"])).square().mean(dim=3)
        error = error / (batch["signal"].var(dim=1)[:, None] + 0.01)
        counted = hidden[..., None] & (channel < batch["channels"][:, None])[:, None]
        loss: Tensor = (error * counted).sum() / counted.sum().clamp(min=1)
        self.log("loss", loss)
        return loss
