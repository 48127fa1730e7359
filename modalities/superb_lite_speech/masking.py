"""Span masking (wav2vec 2.0, Baevski et al. 2020, section 3.1; HuBERT, Hsu et al. 2021, section II-B)."""

from __future__ import annotations

import torch
from torch import Tensor


def span_mask(starts: Tensor, span: int) -> Tensor:
    """(B, T) bool starts -> (B, T) bool mask: every start masks itself and the span - 1 positions after it.

    Spans may overlap, and are cut at the end of the row.
    """
    counts = torch.cumsum(starts.to(torch.int64), dim=1)
    before = torch.zeros_like(counts)
    before[:, span:] = counts[:, : max(0, counts.shape[1] - span)]
    return counts > before


def draw_span_mask(valid: Tensor, *, share: float, span: int, generator: torch.Generator | None = None) -> Tensor:
    """A mask that covers about `share` of the valid (B, T) positions in spans of `span`.

    Every position starts a span with the probability p that solves 1 - (1 - p) ** span = share, the expected coverage
    under overlaps (wav2vec 2.0 quotes p = 0.065, span 10, 49%). A row without any start gets one, so that no row is
    without a loss.
    """
    p = 1.0 - (1.0 - share) ** (1.0 / span)
    noise = torch.rand(valid.shape, generator=generator, device=valid.device).masked_fill(~valid, 2.0)
    starts = noise < p
    starts.scatter_(1, noise.argmin(dim=1, keepdim=True), True)
    return span_mask(starts, span) & valid
