"""Is the language of a word told by its vector, before and after the mean of the language is taken away?

Two probes learn it from half of the words and are tried on the other half, each word in all languages. A linear one
(ridge regression to the classes) cannot see much once the means are equal: that is the claim. The vote of nearest
neighbours sees whatever else tells the languages apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

Array = NDArray[np.float64]

NEIGHBOURS = 5
RIDGE = 0.1
"""Of the mean variance of a dimension."""


def told(vectors: Tensor, means: Tensor | None, probe: str) -> Array:
    """(n // 2,) for every second word in how many of the languages a probe tells its language, as a share.

    vectors: (K, n, D), word i in each of K languages. means: (K, D) the mean of each language, found on other text,
    which is taken away; None: nothing is. probe: one of `PROBES`.
    """
    rows = vectors.double() if means is None else vectors.double() - means.double()[:, None]
    languages, _, width = rows.shape
    label = torch.arange(languages, device=rows.device)
    learnt, tried = rows[:, ::2], rows[:, 1::2]
    seen = label[:, None].expand(-1, learnt.shape[1]).reshape(-1)
    said = PROBES[probe](learnt.reshape(-1, width), seen, tried.reshape(-1, width), languages)
    right = said.reshape(languages, -1) == label[:, None]
    return np.asarray(right.double().mean(dim=0).cpu().numpy(), dtype=np.float64)


def _linear(learnt: Tensor, label: Tensor, tried: Tensor, classes: int) -> Tensor:
    """(m,) classes of (m, D), by ridge regression to (n, K) indicators."""
    mean, spread = learnt.mean(dim=0), learnt.std(dim=0).clamp(min=1e-9)
    x, y = (learnt - mean) / spread, F.one_hot(label, classes).to(learnt.dtype)
    gram = x.T @ x / len(x) + RIDGE * torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
    weight: Tensor = torch.linalg.solve(gram, x.T @ (y - y.mean(dim=0)) / len(x))
    return ((tried - mean) / spread @ weight + y.mean(dim=0)).argmax(dim=1)


def _neighbours(learnt: Tensor, label: Tensor, tried: Tensor, classes: int) -> Tensor:
    """(m,) what most of the nearest by cosine are; the nearest one decides among equals."""
    near = (F.normalize(tried, dim=1) @ F.normalize(learnt, dim=1).T).topk(min(NEIGHBOURS, len(learnt)), dim=1)
    votes = F.one_hot(label[near.indices], classes).to(learnt.dtype)  # (m, neighbours, K)
    return (votes.sum(dim=1) + votes[:, 0] / 2).argmax(dim=1)


PROBES: Mapping[str, Callable[[Tensor, Tensor, Tensor, int], Tensor]] = {
    "linear": _linear,
    "neighbours": _neighbours,
}
"""By name."""
