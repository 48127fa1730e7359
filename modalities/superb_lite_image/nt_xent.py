"""NT-Xent, the contrastive loss of SimCLR."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def nt_xent(first: Tensor, second: Tensor, *, temperature: float) -> Tensor:
    """The normalised temperature-scaled cross entropy loss (Chen et al. 2020, section 2.1, equation 1).

    first, second: (N, D) projections of two views of the same N images. Each of the 2N views has to find the other view
    of its image among the 2N - 1 other views, by cosine similarity. Returns the mean over all 2N, a scalar.
    """
    z = F.normalize(torch.cat([first, second]), dim=1)  # (2N, D)
    similarity = z @ z.T / temperature  # (2N, 2N)
    similarity = similarity.masked_fill(torch.eye(len(z), dtype=torch.bool, device=z.device), float("-inf"))
    partner = torch.arange(len(z), device=z.device).roll(len(first))
    return F.cross_entropy(similarity, partner)
