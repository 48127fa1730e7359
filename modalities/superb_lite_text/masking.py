"""BERT's masking (Devlin et al. 2019, section 3.1, task 1)."""

from __future__ import annotations

import torch
from torch import Tensor


def mask_tokens(
    token: Tensor,
    *,
    rate: float,
    mask_id: int,
    vocabulary: range,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    """Choose positions to predict and corrupt them: 80% become [MASK], 10% a random token, 10% stay as they are.

    token: (B, T) ids. vocabulary: the ids that are ordinary tokens; only they are chosen, and random tokens come from
    them. rate: the probability that an ordinary token is chosen.
    Returns (corrupted (B, T), chosen (B, T) bool).
    """
    ordinary = (token >= vocabulary.start) & (token < vocabulary.stop)
    chosen = (torch.rand(token.shape, generator=generator) < rate) & ordinary
    fate = torch.rand(token.shape, generator=generator)
    random_token = torch.randint(vocabulary.start, vocabulary.stop, token.shape, generator=generator)
    corrupted = torch.where(chosen & (fate < 0.8), torch.full_like(token, mask_id), token)
    corrupted = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), random_token.to(token.dtype), corrupted)
    return corrupted, chosen
