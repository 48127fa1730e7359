"""Raw items: what one is, how people see it, and rows of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from superb_lite.errors import BadItemError
from superb_lite.media import Picture, picture

Recording = NDArray[np.float32]

CHANNELS = 32
"""The most that a recording may have."""


def check_item(name: str, item: Any) -> None:
    """Raise `BadItemError`, naming the item, unless it is a recording that encoders can take."""
    if not isinstance(item, np.ndarray) or item.dtype != np.float32 or item.ndim != 2 or 0 in item.shape:
        raise BadItemError(f"recording '{name}' must be a float32 array (T, C) that holds something")
    if item.shape[1] > CHANNELS or not np.isfinite(item).all():
        raise BadItemError(f"recording '{name}' must have at most {CHANNELS} channels, without NaN and infinity")


def show(item: Recording) -> tuple[Picture, ...]:
    """Time from left to right, a band of eight rows for each channel, bright where its value is high."""
    low, high = item.min(axis=0), item.max(axis=0)
    return (picture(np.uint8(255 * (item - low) / np.maximum(high - low, 1e-6)).T.repeat(8, axis=0)[None]),)


def pack(recordings: Sequence[Recording]) -> dict[str, Tensor]:
    """Rows of equal size: signal (B, T, C), zero beyond the length (B,) and the channels (B,) of each recording.

    Values go through asinh, which is linear for small ones and a logarithm for large ones, so that recordings in any
    unit can be read together and still differ in how strong they are.
    """
    sizes = np.array([recording.shape for recording in recordings])
    signal = np.zeros((len(recordings), *sizes.max(axis=0)), np.float32)
    for row, recording in zip(signal, recordings, strict=True):
        row[: len(recording), : recording.shape[1]] = np.arcsinh(recording)
    length, channels = torch.from_numpy(sizes).T
    return {"signal": torch.from_numpy(signal), "length": length, "channels": channels}


def positions(batch: dict[str, Tensor], size: int) -> tuple[Tensor, Tensor]:
    """Stretches of `size` samples: the mask (B, P) of those that hold signal, and their spans (B, P, 2)."""
    length = batch["length"][:, None]
    first = torch.arange(0, batch["signal"].shape[1], size, device=length.device).expand(len(length), -1)
    return first < length, torch.stack([first, torch.minimum(first + size, length)], dim=2)
