"""Log-mel or MFCC frames, two of them stacked to one position of 20 ms.

Frame i is the Hann window of 25 ms that is centred on samples [160 i, 160 i + 160); the waveform is padded with zeros
at both ends. Position j holds frames 2 j and 2 j + 1, so it stands for samples [320 j, 320 j + 320).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Literal

import torch
import torchaudio
from torch import Tensor
from torch.nn import functional as F

from superb_lite_speech.items import SAMPLE_RATE

FrontEndName = Literal["log-mel", "mfcc"]

WINDOW = 400
HOP = 160
STACK = 2
POSITION = HOP * STACK
"""Samples that one position stands for: 320, 20 ms."""
COEFFICIENTS = 13

_FFT = 512
_MARGIN = (WINDOW - HOP) // 2
_FLOOR = 1e-6
"""Added to mel power before the logarithm: about the power that 16-bit rounding noise leaves in a band."""


def positions(samples: int) -> int:
    """How many positions cover a waveform; the last one may stick out."""
    return -(-samples // POSITION)


class FrontEnd(ABC):
    """(samples,) waveform -> (T, 2 * bands) features, T = ceil(samples / 320), on the CPU.

    It has no weights and is not an nn.Module: `collate` uses it while the encoder may be on another device.
    """

    bands: int
    """Numbers in a frame."""

    @abstractmethod
    def frames(self, padded: Tensor) -> Tensor:
        """(samples + margins,) -> (2 T, bands), one frame for each 10 ms."""

    @torch.no_grad()
    def __call__(self, waveform: Tensor) -> Tensor:
        total = positions(len(waveform)) * POSITION
        # torch.stft lays the 400-sample window in the middle of its 512 samples: 56 more on each side.
        margin = _MARGIN + (_FFT - WINDOW) // 2
        padded = F.pad(waveform, (margin, total - len(waveform) + margin))
        return self.frames(padded).reshape(-1, STACK * self.bands)


class LogMel(FrontEnd):
    """The logarithm of the power in each mel band."""

    def __init__(self, mels: int) -> None:
        self.bands = mels
        self.mel = torchaudio.transforms.MelSpectrogram(SAMPLE_RATE, **_spectrogram(mels))

    def frames(self, padded: Tensor) -> Tensor:
        return torch.as_tensor((self.mel(padded) + _FLOOR).log().T)


class Mfcc(FrontEnd):
    """13 MFCC with their first and second differences over 5 frames (39 numbers), as TERA and HuBERT use them."""

    def __init__(self, mels: int) -> None:
        if mels < COEFFICIENTS:
            raise ValueError(f"mels {mels}: {COEFFICIENTS} MFCC need at least as many mel bands")
        self.bands = 3 * COEFFICIENTS
        # log_mels: the plain logarithm of LogMel, not decibels.
        self.mfcc = torchaudio.transforms.MFCC(
            SAMPLE_RATE, n_mfcc=COEFFICIENTS, log_mels=True, melkwargs=_spectrogram(mels)
        )

    def frames(self, padded: Tensor) -> Tensor:
        static = self.mfcc(padded)  # (13, 2 T)
        first = torchaudio.functional.compute_deltas(static)
        return torch.cat([static, first, torchaudio.functional.compute_deltas(first)]).T


def _spectrogram(mels: int) -> dict[str, Any]:
    return {"n_fft": _FFT, "win_length": WINDOW, "hop_length": HOP, "n_mels": mels, "center": False}


def make_front_end(name: FrontEndName, mels: int) -> FrontEnd:
    """The front end of a name. Raises `ValueError` for an unknown one, and for a number of mel bands without sense."""
    if not 1 <= mels <= _FFT // 2 + 1:
        raise ValueError(f"mels {mels}: a spectrum of {_FFT // 2 + 1} frequencies has 1 to {_FFT // 2 + 1} mel bands")
    classes: dict[str, type[LogMel] | type[Mfcc]] = {"log-mel": LogMel, "mfcc": Mfcc}
    if name not in classes:
        raise ValueError(f"front end '{name}' is not one of {', '.join(classes)}")
    return classes[name](mels)


def normalise(features: Tensor) -> Tensor:
    """Mean 0 and variance 1 per mel band over an utterance (..., T, D); a band that never changes becomes 0."""
    centred = features - features.mean(-2, keepdim=True)
    return centred / centred.square().mean(-2, keepdim=True).sqrt().clamp_min(1e-2)


def statistics(features: Tensor) -> Tensor:
    """(..., T, STACK * bands) -> (..., 2 * bands): mean and deviation of each band, shifted and scaled by constants to
    about mean 0 and variance 1 over utterances of speech as log-mel."""
    mean = features.mean(-2)
    deviation = (features - mean[..., None, :]).square().mean(-2).sqrt()
    of_bands = torch.stack([mean, deviation], dim=-2).unflatten(-1, (STACK, -1)).mean(-2)  # (..., 2, bands)
    centre, spread = of_bands.new_tensor([[-1.5], [1.7]]), of_bands.new_tensor([[2.0], [1.0]])
    scaled: Tensor = (of_bands - centre) / spread
    return scaled.flatten(-2)


def finish(features: Tensor, *, normalised: bool, voiced: bool) -> Tensor:
    """What an encoder reads of the features (..., T, D) of an utterance or of a crop.

    normalised: see `normalise`. voiced: the `statistics`, in which voice and channel are, follow at every position, so
    that the result is (..., T, D + 2 * bands).
    """
    frames = normalise(features) if normalised else features
    if not voiced:
        return frames
    shared = statistics(features)[..., None, :]
    return torch.cat([frames, shared.expand(*frames.shape[:-1], -1)], dim=-1)


def spans(samples: int) -> Tensor:
    """(T, 2) samples that each position stands for; the last one ends where the waveform ends."""
    start = torch.arange(positions(samples)) * POSITION
    return torch.stack([start, (start + POSITION).clamp_max(samples)], dim=1)
