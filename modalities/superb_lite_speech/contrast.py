"""Two crops of one recording are alike: a contrastive term that teaches the voice (as COLA, Saeed, Grangier & Zeghidour
2021, with the loss of SimCLR, Chen et al. 2020, equation 1)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite.pretraining.objective import Objective
from superb_lite.pretraining.processes import gather
from superb_lite_speech.frame_encoder import FrameEncoder

EMBEDDING = 64
"""Numbers in what is compared."""

TEMPERATURE = 0.1


class VoicedObjective(Objective):
    """Base of the objectives of speech: what a subclass teaches the network, beside a contrastive term for the voice.

    The term is taken on the mean of the encoder's voice layer over a crop; an encoder without one does without, and a
    batch without two crops of one recording (`data.views`) too. Crops of all processes are told apart.
    """

    encoder: FrameEncoder

    def __init__(self, *, encoder: FrameEncoder, **options: Any) -> None:
        super().__init__(encoder=encoder, **options)
        if encoder.voice is not None:
            width = encoder.width
            self.compare = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, EMBEDDING))

    def with_voice(self, loss: Tensor, batch: dict[str, Tensor]) -> Tensor:
        """The loss and the contrastive term, both logged. batch: features (B, T, D), mask (B, T), recording (B,)."""
        self.log("loss", loss, prog_bar=True)
        if self.encoder.voice is None:
            return loss
        mean = masked_mean(self.encoder.voice(batch["features"]), batch["mask"])
        compared, recording = gather(self.compare(mean)), gather(batch["recording"])
        contrast = recording_loss(compared, recording, temperature=TEMPERATURE)
        self.log("contrast", contrast)
        return loss + contrast


def masked_mean(layer: Tensor, mask: Tensor) -> Tensor:
    """(B, T, D) and (B, T) real positions -> (B, D)."""
    weight = mask.to(layer.dtype)
    return torch.einsum("bt,btd->bd", weight, layer) / weight.sum(dim=1, keepdim=True).clamp_min(1)


def recording_loss(embeddings: Tensor, recording: Tensor, *, temperature: float) -> Tensor:
    """Mean cross entropy, over all ordered pairs (i, j) of rows of one recording, of choosing j for i among all rows
    but i, by cosine similarity. 0 where no recording has two rows.

    embeddings: (B, D). recording: (B,) int64, which recording a row is a crop of.
    """
    normal = F.normalize(embeddings, dim=1)
    itself = torch.eye(len(normal), dtype=torch.bool, device=normal.device)
    similarity = (normal @ normal.T / temperature).masked_fill(itself, float("-inf"))
    pairs = (recording[:, None] == recording[None, :]) & ~itself
    losses = -similarity.log_softmax(dim=1).masked_fill(~pairs, 0.0)
    return losses.sum() / pairs.sum().clamp_min(1)
