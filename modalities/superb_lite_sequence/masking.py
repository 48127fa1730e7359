"""Masked symbols: BERT's masking (Devlin et al. 2019, section 3.1), of single symbols or of spans.

Spans are as in SpanBERT (Joshi et al. 2020, arXiv:1907.10529, section 3.1), but all of one length, as the neighbouring
k-mers that DNABERT hides together (Ji et al. 2021): the neighbours of a symbol tell most of it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from superb_lite_sequence.alphabet import MASK, ORDINARY


def mask_symbols(
    token: Tensor, *, rate: float, span: int = 1, generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Choose symbols to predict and corrupt them: 80% become [MASK], 10% another symbol, 10% stay as they are.

    The other symbol stands elsewhere in the same row, so that it is one of the row's own kind.

    token: (B, T) ids; only symbols are chosen, no special ones. rate: the expected share of the symbols that are
    chosen. span: so many that follow each other are chosen together and share a fate; spans may touch. generator: on
    the device of the tokens.
    Returns (corrupted (B, T), chosen (B, T) bool).
    """
    symbol = token >= ORDINARY
    device = token.device
    begins = torch.rand(token.shape, generator=generator, device=device) < 1 - (1 - rate) ** (1 / span)
    chance = torch.rand(token.shape, generator=generator, device=device)
    elsewhere = torch.rand(token.shape, generator=generator, device=device)
    position = torch.arange(token.shape[1], device=device).expand_as(token)
    first = position.masked_fill(~begins, -span).cummax(dim=1).values  # where the last span began
    chosen = (position - first < span) & symbol
    fate = chance.gather(1, first.clamp(min=0))
    # A symbol of the row at random: the k-th of those that stand first when symbols are sorted before all else.
    order = symbol.long().argsort(dim=1, descending=True, stable=True)
    k = (elsewhere * symbol.sum(dim=1, keepdim=True)).long()
    other = token.gather(1, order.gather(1, k))
    corrupted = torch.where(chosen & (fate < 0.8), torch.full_like(token, MASK), token)
    return torch.where(chosen & (fate >= 0.8) & (fate < 0.9), other, corrupted), chosen
