"""Small encoded images, recordings and texts of two classes, all different."""

from __future__ import annotations

import io

import numpy as np
import soundfile
from PIL import Image

LABELS = ("dark", "light")
ENCODED = {"image": "png", "audio": "flac", "text": "txt"}
"""By column the suffix of `content`."""


def content(column: str, n: int) -> bytes:
    """Item n, of class n % 2."""
    rng = np.random.default_rng(n)
    file = io.BytesIO()
    if column == "image":
        Image.fromarray((rng.integers(0, 100, (8, 8, 3)) + 150 * (n % 2)).astype(np.uint8)).save(file, "PNG")
    elif column == "audio":
        soundfile.write(file, 0.1 * rng.standard_normal(1600), 16000, format="FLAC")
    else:
        return f"a {LABELS[n % 2]} thing no. {n}".encode()
    return file.getvalue()


def shown(item: object) -> object:
    """What can be compared of an item."""
    return item if isinstance(item, str) else (tuple(item.shape), item.sum().item())
