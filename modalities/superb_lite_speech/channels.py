"""Random channels: crops as another microphone or line would hear them (FilterAugment, Nam, Kim & Park 2022)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

WAVES = (1.0, 1.0, 0.7, 0.5)
"""Standard deviations of level, tilt and the two next cosines of a response, relative to that of the level."""

_DECIBEL = math.log(10.0) / 10.0
"""Of natural logarithms of power."""


def draw_responses(rows: int, bands: int, decibels: float, generator: torch.Generator | None = None) -> Tensor:
    """(rows, bands) to be added to log-mel: smooth curves over the bands, sums of the first four cosines.

    decibels: standard deviation of the level, the first of them. As on log-mel, 1 dB is 0.23.
    """
    band = torch.arange(bands, dtype=torch.float32) / max(1, bands - 1)
    cosines = torch.stack([torch.cos(math.pi * wave * band) for wave in range(len(WAVES))])
    weights = torch.randn(rows, len(WAVES), generator=generator) * torch.tensor(WAVES)
    return decibels * _DECIBEL * (weights @ cosines)
