"""What output layers over the vocabulary have in common."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def log_frequencies(counts: Sequence[int]) -> Tensor:
    """(V,) log shares of the tokens, where an output bias starts, so that nothing has to be unlearnt first.

    A token that never occurs counts as one that occurred once.
    """
    frequency = torch.tensor(counts, dtype=torch.float32).clamp(min=1.0)
    return (frequency / frequency.sum()).log()


class MaskedLMHead(nn.Module):
    """Scores of tokens from the last layer, as in BERT's released code (Devlin et al. 2019): a linear map, GELU and a
    norm, then the embeddings of the tokens as weights, and a bias.

    Args:
        width: of the last layer and of the embeddings (D).
        tokens: how many there are (V).
    """

    def __init__(self, width: int, tokens: int) -> None:
        super().__init__()
        self.transform = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        self.output_bias = nn.Parameter(torch.zeros(tokens))

    def forward(self, hidden: Tensor, embedding: Tensor) -> Tensor:
        """(..., D) of the last layer and (V, D) embeddings -> (..., V) scores of tokens."""
        return F.linear(self.transform(hidden), embedding, self.output_bias)
