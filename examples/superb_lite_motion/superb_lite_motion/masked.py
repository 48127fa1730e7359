"""Masked patches: each hidden patch is told from the other hidden ones of the batch, by what stands around it.

The loss is that of wav2vec 2.0 (Baevski et al. 2020, arXiv:2006.11477, section 3.2) without its quantiser.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite import Objective
from superb_lite_motion.encoders import PatchEncoder
from superb_lite_motion.recordings import positions


class MaskedPatches(Objective):
    """Cross entropy of the right patch among all hidden ones.

    Args:
        mask_rate: how many patches are hidden, a fraction.
        temperature: of the cosines between what is expected in a place and the patches.
        options: those of every `Objective`.
    """

    encoder: PatchEncoder

    def __init__(
        self, *, encoder: PatchEncoder, mask_rate: float = 0.4, temperature: float = 0.1, **options: Any
    ) -> None:
        super().__init__(encoder=encoder, **options)
        width = encoder.project.out_features
        self.mask_rate, self.temperature = mask_rate, temperature
        self.hidden = nn.Parameter(0.02 * torch.randn(width))
        self.expect = nn.Linear(width, width)

    def training_step(self, batch: dict[str, Tensor], batch_idx: int) -> Tensor:
        """batch: as `superb_lite_motion.recordings.pack` makes it."""
        mask, _ = positions(batch, self.encoder.patch)
        patches = self.encoder.embed(batch)
        hidden = mask & (torch.rand(mask.shape, device=mask.device) < self.mask_rate)
        context = self.encoder.transformer(torch.where(hidden[..., None], self.hidden, patches), mask)[-1]
        expected = F.normalize(self.expect(context[hidden]), dim=1)
        similar = expected @ F.normalize(patches[hidden].detach(), dim=1).T / self.temperature
        loss = F.cross_entropy(similar, torch.arange(len(similar), device=mask.device))
        self.log("loss", loss := self.mean_over(hidden.sum(), loss))
        return loss
