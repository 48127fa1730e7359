"""What output layers over the vocabulary have in common."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def log_frequencies(counts: Sequence[int]) -> Tensor:
    """(V,) log shares of the tokens, where an output bias starts, so that nothing has to be unlearnt first.

    A token that never occurs counts as one that occurred once.
    """
    frequency = torch.tensor(counts, dtype=torch.float32).clamp(min=1.0)
    return (frequency / frequency.sum()).log()
