"""The loss, the momentum schedule and the health check of BYOL (Grill et al. 2020), as pure functions."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F


def byol_loss(predictions: Tensor, targets: Tensor) -> Tensor:
    """The squared distance of l2-normalised rows, 2 - 2 cos, averaged over rows (equation 2); a scalar.

    predictions, targets: (N, D). No gradient flows into the targets.
    """
    return 2.0 - 2.0 * F.cosine_similarity(predictions, targets.detach(), dim=1).mean()


def target_momentum(step: int, *, steps: int, base: float) -> float:
    """How much of the target network stays in step `step` of `steps`: `base` at first, 1 at the end (section 3.3)."""
    return 1.0 - (1.0 - base) * (math.cos(math.pi * min(1.0, step / steps)) + 1.0) / 2.0


@torch.no_grad()
def embedding_spread(embeddings: Tensor) -> Tensor:
    """How far (N, D) embeddings are from being all one: a scalar, 0 when they are, about 1 in all directions.

    The standard deviation of each coordinate of the l2-normalised embeddings, averaged over coordinates, times sqrt(D)
    (Chen and He 2021, section 4.1).
    """
    deviations = F.normalize(embeddings.float(), dim=1).std(dim=0, correction=0)
    return deviations.mean() * math.sqrt(embeddings.shape[1])
