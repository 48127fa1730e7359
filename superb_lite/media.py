"""What people see and hear of a raw item: text, a sound with its spectrogram, a picture, each as browsers take it.

A modality says how its items are shown by a function that gives these values (`superb_lite.modality.Modality.show`).
"""

from __future__ import annotations

import io
import wave
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

WINDOW = 0.016
"""Of a spectrogram, in seconds; a new one begins after half of it."""

MOST_COLUMNS = 500
"""Windows of a spectrogram; in long recordings they are further apart."""

COLOURS = 32
"""Of a spectrogram: with more the files are larger and look the same."""

RANGE = 80.0
"""Decibels below the loudest value of a spectrogram, at which it is black."""


_NOBODY: dict[str, Any] = {"Software": None}
"""So that equal items are equal files whatever version wrote them."""


@dataclass(frozen=True)
class Text:
    """Something to read."""

    text: str


@dataclass(frozen=True)
class Sound:
    """Something to hear."""

    wav: bytes = field(repr=False)
    """A RIFF file: mono, 16 bits."""
    spectrogram: bytes = field(repr=False)
    """A PNG file: time from left to right, frequency from the bottom to the top."""
    seconds: float


@dataclass(frozen=True)
class Picture:
    """Something to look at."""

    png: bytes = field(repr=False)
    """A PNG file of one pixel for each of the item."""
    width: int
    height: int


Media = Text | Sound | Picture


def sound(waveform: NDArray[Any], rate: int) -> Sound:
    """A waveform, (samples,) in [-1, 1], at `rate` samples a second; what is louder is clipped."""
    return Sound(wav_bytes(waveform, rate), spectrogram_png(waveform, rate), len(waveform) / rate)


def picture(image: NDArray[Any]) -> Picture:
    """An image, (3, H, W) or (1, H, W) uint8."""
    return Picture(png_bytes(image), width=image.shape[2], height=image.shape[1])


def wav_bytes(waveform: NDArray[Any], rate: int) -> bytes:
    """A waveform as a RIFF file of 16 bits."""
    samples = np.round(np.clip(np.asarray(waveform, np.float64), -1.0, 1.0) * 32767).astype("<i2")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()


def spectrogram_png(waveform: NDArray[Any], rate: int) -> bytes:
    """The power of a waveform in decibels as a PNG file, a column for each window and a row for each frequency."""
    from matplotlib import colormaps, image

    size = min(len(waveform), max(2, round(WINDOW * rate)))
    hop = max(1, size // 2, -(-len(waveform) // MOST_COLUMNS))
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(waveform, np.float64), size)[::hop]
    power = np.abs(np.fft.rfft(windows * np.hanning(size + 2)[1:-1])).T ** 2
    decibels = 10 * np.log10(np.maximum(power, 1e-20))
    loudest = float(decibels.max())
    colours = colormaps["magma"].resampled(COLOURS)
    buffer = io.BytesIO()
    image.imsave(
        buffer,
        decibels,
        cmap=colours,
        vmin=loudest - RANGE,
        vmax=loudest,
        origin="lower",
        format="png",
        metadata=_NOBODY,
    )
    return buffer.getvalue()


def png_bytes(image: NDArray[Any]) -> bytes:
    """An image, (3, H, W) or (1, H, W) uint8, as a PNG file."""
    from matplotlib import image as writer

    pixels = np.repeat(image, 3, axis=0) if len(image) == 1 else image
    buffer = io.BytesIO()
    writer.imsave(buffer, np.ascontiguousarray(np.moveaxis(pixels, 0, -1)), format="png", metadata=_NOBODY)
    return buffer.getvalue()


def shown_anyhow(item: Any) -> tuple[Media, ...]:
    """An item of a modality that does not say how its items are shown: texts as they are, else the shape."""
    if isinstance(item, str):
        return (Text(item),)
    if isinstance(item, tuple):
        return tuple(shown for part in item for shown in shown_anyhow(part))
    shape = getattr(item, "shape", None)
    return (Text(type(item).__name__ if shape is None else f"an array of shape {tuple(shape)}"),)


def text_of(items: Iterable[Any]) -> str | None:
    """Items as text, a line each, also the two of a pair; None where one of them is no text."""
    shown = [part if is_text(item) else None for item in items for part in shown_anyhow(item)]
    lines = [part.text for part in shown if isinstance(part, Text)]
    return "\n".join(lines) if len(lines) == len(shown) else None


def is_text(item: Any) -> bool:
    """Whether an item is a text, or a pair of them."""
    return isinstance(item, str) or (isinstance(item, tuple) and all(map(is_text, item)))
