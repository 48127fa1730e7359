"""Two crops of one recording are alike: a contrastive term that keeps the voice (as COLA, Saeed, Grangier & Zeghidour
2021, with the loss of SimCLR, Chen et al. 2020, equation 1)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

EMBEDDING = 64
"""Numbers in what is compared."""


class RecordingContrast(nn.Module):
    """The contrastive loss of a layer's mean over positions, after a projection that is thrown away.

    Args:
        width: of the layer. temperature: of the softmax over rows.
    """

    def __init__(self, width: int, *, temperature: float = 0.1) -> None:
        super().__init__()
        self.temperature = temperature
        self.project = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, EMBEDDING))

    def forward(self, layer: Tensor, mask: Tensor, recording: Tensor) -> Tensor:
        """layer (B, T, D), mask (B, T) of real positions, recording (B,): which recording a row is a crop of."""
        weight = mask.to(layer.dtype)
        mean = torch.einsum("bt,btd->bd", weight, layer) / weight.sum(dim=1, keepdim=True).clamp_min(1)
        return recording_loss(self.project(mean), recording, temperature=self.temperature)


def recording_loss(embeddings: Tensor, recording: Tensor, *, temperature: float) -> Tensor:
    """Mean cross entropy, over all ordered pairs (i, j) of rows of one recording, of choosing j for i among all rows
    but i, by cosine similarity. 0 where no recording has two rows.

    embeddings: (B, D). recording: (B,) int64.
    """
    normal = F.normalize(embeddings, dim=1)
    itself = torch.eye(len(normal), dtype=torch.bool, device=normal.device)
    similarity = (normal @ normal.T / temperature).masked_fill(itself, float("-inf"))
    pairs = (recording[:, None] == recording[None, :]) & ~itself
    losses = -similarity.log_softmax(dim=1).masked_fill(~pairs, 0.0)
    return losses.sum() / pairs.sum().clamp_min(1)
