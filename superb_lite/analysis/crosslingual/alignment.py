"""Do words lie close to their translations? The mean reciprocal rank of translations, layer by layer.

A word is the mean of its contextual vectors over sentences. Its translation is looked for by cosine among all words of
the other language, so that a hit at rank r counts 1 / r (Liu et al. 2020, arXiv:2010.10041, section 3.1). Where the
mean over all words of a language is taken away before, what all of them share cannot stand in the way.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from superb_lite.metrics.statistics import Sample

Array = NDArray[np.float64]


def without_mean(vectors: Tensor) -> Tensor:
    """(n, D) -> (n, D) without the mean over the n words."""
    return vectors - vectors.mean(dim=0)


def reciprocal_ranks(a: Tensor, b: Tensor) -> Array:
    """(n,) the reciprocal rank of each translation, averaged over both directions.

    a, b: (n, D), word i of one language and its translation. Of words that are equally close, each is at the mean of
    their ranks.
    """
    similarity = F.normalize(a.double(), dim=1) @ F.normalize(b.double(), dim=1).T  # (n, n)
    right = similarity.diagonal()
    found = torch.zeros(len(a), dtype=torch.float64, device=a.device)
    for axis in (0, 1):
        own = right[:, None] if axis == 1 else right[None, :]
        # What rounding makes of equal cosines is not a difference.
        equal = (similarity - own).abs() <= 1e-12
        closer = ((similarity > own) & ~equal).sum(dim=axis)
        found += 1.0 / (closer + (equal.sum(dim=axis) + 1) / 2)
    return np.asarray((found / 2).cpu().numpy(), dtype=np.float64)


def chance(words: int) -> float:
    """The mean reciprocal rank of translations among words in random order."""
    return float(np.mean(1.0 / np.arange(1, words + 1)))


def mean_reciprocal_rank(a: Tensor, b: Tensor, words: tuple[str, ...]) -> Sample:
    """Of one pretraining seed: one row, a column for each word. a, b: see `reciprocal_ranks`."""
    found = reciprocal_ranks(a, b)
    return Sample(float(found.mean()), found[None], words)
