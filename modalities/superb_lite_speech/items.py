"""What a raw item of the speech modality has to be."""

from __future__ import annotations

from typing import Any

import numpy as np

from superb_lite.errors import BadItemError

SAMPLE_RATE = 16_000
LOUDEST = 2.0
"""Resampling may overshoot 1 a little; anything beyond this was never scaled."""

SHORTEST = 400
"""25 ms in samples: one analysis window."""


def check_item(name: str, item: Any) -> None:
    """Raise `BadItemError`, naming the item, unless it is a finite 1-D float array of at least 25 ms."""
    if not isinstance(item, np.ndarray) or item.dtype.kind != "f":
        kind = f"an array of {item.dtype}" if isinstance(item, np.ndarray) else type(item).__name__
        raise BadItemError(f"audio '{name}' is {kind}: it must be a numpy array of float32")
    if item.ndim != 1:
        raise BadItemError(f"audio '{name}' has shape {item.shape}: it must be mono, of shape (samples,)")
    if len(item) < SHORTEST:
        raise BadItemError(
            f"audio '{name}' has {len(item)} samples: it must have at least {SHORTEST} (25 ms at 16 kHz)"
        )
    if not np.isfinite(item).all():
        raise BadItemError(f"audio '{name}' holds NaN or infinity")
    if float(np.abs(item).max()) > LOUDEST:
        raise BadItemError(f"audio '{name}' reaches {np.abs(item).max():.4g}: scale it to [-1, 1]")
