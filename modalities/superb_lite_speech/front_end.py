"""Log-mel frames, two of them stacked to one position of 20 ms.

Frame i is the Hann window of 25 ms that is centred on samples [160 i, 160 i + 160); the waveform is padded with zeros
at both ends. Position j holds frames 2 j and 2 j + 1, so it stands for samples [320 j, 320 j + 320).
"""

from __future__ import annotations

import torch
import torchaudio
from torch import Tensor
from torch.nn import functional as F

from superb_lite_speech.items import SAMPLE_RATE

WINDOW = 400
HOP = 160
STACK = 2
POSITION = HOP * STACK
"""Samples that one position stands for: 320, 20 ms."""

_MARGIN = (WINDOW - HOP) // 2
_FLOOR = 1e-6
"""Added to mel power before the logarithm: about the power that 16-bit rounding noise leaves in a band."""


def positions(samples: int) -> int:
    """How many positions cover a waveform; the last one may stick out."""
    return -(-samples // POSITION)


class LogMel:
    """(samples,) waveform -> (T, 2 * mels) log-mel features, T = ceil(samples / 320), on the CPU.

    It has no weights and is no nn.Module: `collate` uses it while the encoder may be on another device.
    """

    def __init__(self, mels: int) -> None:
        self.mels = mels
        self.mel = torchaudio.transforms.MelSpectrogram(
            SAMPLE_RATE, n_fft=512, win_length=WINDOW, hop_length=HOP, n_mels=mels, center=False
        )

    @torch.no_grad()
    def __call__(self, waveform: Tensor) -> Tensor:
        total = positions(len(waveform)) * POSITION
        # torch.stft lays the 400-sample window in the middle of its 512 samples: 56 more on each side.
        margin = _MARGIN + (self.mel.n_fft - WINDOW) // 2
        padded = F.pad(waveform, (margin, total - len(waveform) + margin))
        frames: Tensor = (self.mel(padded) + _FLOOR).log().T  # (2 T, mels)
        return frames.reshape(-1, STACK * self.mels)


def normalise(features: Tensor) -> Tensor:
    """Mean 0 and variance 1 per mel band over an utterance (T, D); a band that never changes becomes 0."""
    centred = features - features.mean(0)
    return centred / centred.square().mean(0).sqrt().clamp_min(1e-2)


def spans(samples: int) -> Tensor:
    """(T, 2) samples that each position stands for; the last one ends where the waveform ends."""
    start = torch.arange(positions(samples)) * POSITION
    return torch.stack([start, (start + POSITION).clamp_max(samples)], dim=1)
