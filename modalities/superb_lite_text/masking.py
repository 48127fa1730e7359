"""BERT's masking (Devlin et al. 2019, section 3.1, task 1; whole words as in the release of May 2019)."""

from __future__ import annotations

import torch
from torch import Tensor


def mask_tokens(
    token: Tensor,
    *,
    rate: float,
    mask_id: int,
    vocabulary: range,
    continues: Tensor | None = None,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    """Choose positions to predict and corrupt them: 80% become [MASK], 10% a random token, 10% stay as they are.

    token: (B, T) ids. vocabulary: the ids that are ordinary tokens; only they are chosen, and random tokens come from
    them. rate: the probability that an ordinary token is chosen. continues: (V,) bool, the ids that go on with the word
    before them; given, whole words are chosen and share a fate. generator: on the device of the tokens.
    Returns (corrupted (B, T), chosen (B, T) bool).
    """
    ordinary = (token >= vocabulary.start) & (token < vocabulary.stop)
    device = token.device
    chance = torch.rand(token.shape, generator=generator, device=device)
    fate = torch.rand(token.shape, generator=generator, device=device)
    if continues is not None:
        first = first_of_word(token, continues)
        chance, fate = chance.gather(1, first), fate.gather(1, first)
    chosen = (chance < rate) & ordinary
    random_token = torch.randint(vocabulary.start, vocabulary.stop, token.shape, generator=generator, device=device)
    corrupted = torch.where(chosen & (fate < 0.8), torch.full_like(token, mask_id), token)
    corrupted = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), random_token.to(token.dtype), corrupted)
    return corrupted, chosen


def first_of_word(token: Tensor, continues: Tensor) -> Tensor:
    """(B, T): for each position the position where its word begins. continues: (V,) bool."""
    position = torch.arange(token.shape[1], device=token.device).expand_as(token)
    begins = ~continues[token]
    begins[:, 0] = True
    return position.masked_fill(~begins, 0).cummax(dim=1).values
