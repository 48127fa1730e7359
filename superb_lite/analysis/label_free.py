"""What embeddings look like without any label: effective rank, uniformity, alignment and spread, as pure functions."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from superb_lite.encoders.encoder import Features
from superb_lite.features.pooling import pool_items

EPSILON = 1e-7
"""Of RankMe: added to each share of the singular values."""

TEMPERATURE = 2.0
"""Of uniformity, the paper's t."""


def rank_me(z: Tensor) -> float:
    """RankMe (Garrido et al. 2023, arXiv 2210.02885, equation 1): exp of the entropy of the shares of singular values.

    z: (N, D) embeddings, not centred. Between 1, where all lie on a line, and the smaller of N and D, where every
    direction has as much. The paper takes at least 25,600 embeddings; fewer give less than that, the more so the wider
    they are, so that numbers are comparable at one N.
    """
    values = torch.linalg.svdvals(z.double())
    shares = values / values.sum().clamp(min=EPSILON) + EPSILON
    return math.exp(float(-(shares * shares.log()).sum()))


def uniformity(z: Tensor) -> float:
    """Logarithm of the mean Gaussian potential of pairs (Wang & Isola 2020, arXiv 2005.10242, section 4.1.2).

    z: (N, D), which is normalised to unit length. 0 where all are one point; the lower, the more evenly they cover the
    sphere, down to about -4. Raises ValueError for fewer than two embeddings.
    """
    if len(z) < 2:
        raise ValueError("uniformity takes at least two embeddings")
    distances = torch.pdist(F.normalize(z.double(), dim=1))
    return float((-TEMPERATURE * distances.square()).exp().mean().log())


def alignment(first: Tensor, second: Tensor) -> float:
    """Mean squared distance of positive pairs (Wang & Isola 2020, section 4.1.1, alpha = 2), from 0 to 4.

    first, second: (N, D), normalised to unit length here; row by row two views of one item.
    """
    a, b = F.normalize(first.double(), dim=1), F.normalize(second.double(), dim=1)
    return float((a - b).square().sum(dim=1).mean())


def spread(z: Tensor) -> float:
    """The standard deviation of a dimension of embeddings of unit length, times sqrt(D), averaged over dimensions.

    z: (N, D). 0 where all collapse to one point, about 1 where they are spread over the sphere (Chen & He 2021, arXiv
    2011.10566, section 4.1, who do not multiply).
    """
    z = F.normalize(z.double(), dim=1)
    return float(z.std(dim=0, correction=0).mean()) * math.sqrt(z.shape[1])


def means_and_halves(features: Features, items: int) -> tuple[Tensor, Tensor, Tensor]:
    """The last layer of a batch of items: (items, D) means, and those of the first and of the second half.

    The halves of an item are those of its positions in their order: of a text or a recording the beginning and the end,
    of an image above and below. Both are read in one pass, so each has seen the other. The halves of an item with one
    position are that position.
    """
    layer = len(features.layers) - 1
    mask = features.layer_mask(layer)
    place = mask.cumsum(dim=1)  # (B, T), 1 for the first position that carries input
    count = mask.sum(dim=1, keepdim=True)
    early = mask & (2 * place <= count + (count == 1).long())
    late = mask & ((2 * place > count) | (count == 1))
    whole, first, second = (
        pool_items(Features((features.layers[layer],), part, features.item), items)[0] for part in (mask, early, late)
    )
    return whole, first, second
