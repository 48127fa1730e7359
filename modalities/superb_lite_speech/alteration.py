"""Alterations of frames for masked reconstruction (TERA, Liu, Li & Lee 2021, section III-B; Mockingjay, Liu et al.
2020, section 2.2): in time, in channel and in magnitude.

Features are (B, T, STACK * bands): frames of a position stand one after the other, so that a band occurs in each.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

import torch
from torch import Tensor

from superb_lite_speech.front_end import STACK
from superb_lite_speech.masking import draw_span_mask


class Action(IntEnum):
    """What happens to the chosen stretches of time of a row."""

    ZERO = 0
    REPLACE = 1
    KEEP = 2


def alter_time(features: Tensor, chosen: Tensor, action: Tensor, offset: Tensor, length: Tensor) -> Tensor:
    """Zero the chosen (B, T) positions of a row, replace them, or leave them as they are, by its (B,) `Action`.

    They are replaced by those `offset` (B,) positions later, counted around the row's end at `length` (B,), so that a
    stretch is replaced by a stretch.
    """
    position = torch.arange(features.shape[1], device=features.device)
    source = (position + offset[:, None]) % length[:, None].clamp_min(1)  # (B, T)
    others = features.gather(1, source[..., None].expand_as(features))
    zeroed = chosen & (action == Action.ZERO)[:, None]
    replaced = chosen & (action == Action.REPLACE)[:, None]
    return torch.where(replaced[..., None], others, features).masked_fill(zeroed[..., None], 0.0)


def channel_block(start: Tensor, width: Tensor, bands: int) -> Tensor:
    """(B, STACK * bands) bool, True for the bands [start, start + width) of a row, in each of its stacked frames."""
    band = torch.arange(bands, device=start.device)
    block = (band >= start[:, None]) & (band < (start + width)[:, None])
    return block.repeat(1, STACK)


@dataclass(frozen=True)
class Alteration:
    """One draw for a batch of B rows of T positions.

    chosen (B, T): stretches of time; action, offset (B,): see `alter_time`. block (B, D): bands that are zero all the
    time. noise (B, T, D): added to everything, zero in rows that stay without.
    """

    chosen: Tensor
    action: Tensor
    offset: Tensor
    length: Tensor
    block: Tensor
    noise: Tensor

    @classmethod
    def draw(
        cls,
        valid: Tensor,
        bands: int,
        *,
        time_share: float,
        time_span: int,
        channel_share: float,
        noise_share: float,
        noise_std: float,
        generator: torch.Generator | None = None,
    ) -> Self:
        """For (B, T) valid positions.

        The stretches of a row are zeroed with probability 0.8, replaced with 0.1 and kept with 0.1. The block of bands
        is up to `channel_share` of them wide, uniformly; Gaussian noise is added to `noise_share` of the rows.
        """
        rows, device = len(valid), valid.device

        def uniform(*shape: int) -> Tensor:
            return torch.rand(shape, generator=generator, device=device)

        length = valid.sum(dim=1)
        chosen = torch.zeros_like(valid)
        if time_share > 0.0:
            chosen = draw_span_mask(valid, share=time_share, span=time_span, generator=generator)
        dice = uniform(rows)
        action = torch.where(dice < 0.8, Action.ZERO, torch.where(dice < 0.9, Action.REPLACE, Action.KEEP))
        offset = (uniform(rows) * length).long()
        width = (uniform(rows) * (int(channel_share * bands) + 1)).long()
        start = (uniform(rows) * (bands - width + 1)).long()
        noise = torch.randn(*valid.shape, STACK * bands, generator=generator, device=device) * noise_std
        noisy = uniform(rows) < noise_share
        return cls(chosen, action, offset, length, channel_block(start, width, bands), noise * noisy[:, None, None])

    def apply(self, features: Tensor) -> Tensor:
        """(B, T, D) -> the altered features."""
        altered = alter_time(features, self.chosen, self.action, self.offset, self.length)
        return altered.masked_fill(self.block[:, None, :], 0.0) + self.noise

    def altered(self, valid: Tensor) -> Tensor:
        """(B, T, D) bool: the numbers that time and channel alteration chose, on which the loss is taken."""
        return (self.chosen[..., None] | self.block[:, None, :]) & valid[..., None]
