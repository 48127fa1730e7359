"""Sounds and pictures: read back by other programs, they are what went in."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from PIL import Image

from superb_lite import plugins
from superb_lite.media import (
    COLOURS,
    MOST_COLUMNS,
    Picture,
    Sound,
    Text,
    picture,
    shown_anyhow,
    sound,
    spectrogram_png,
    wav_bytes,
)


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_a_waveform_is_read_back_by_soundfile():
    wave = np.random.default_rng(0).uniform(-1, 1, 1000).astype(np.float32)
    again, rate = soundfile.read(io.BytesIO(wav_bytes(wave, 16_000)))
    assert rate == 16_000
    assert np.abs(again - wave).max() < 1e-4
    loud, _ = soundfile.read(io.BytesIO(wav_bytes(np.array([2.0, -2.0, 0.0]), 8000)))
    assert loud == pytest.approx([1, -1, 0], abs=1e-3)


def test_a_tone_is_bright_at_its_frequency():
    rate, seconds = 16_000, 0.5
    tone = np.sin(2 * np.pi * 2000 * np.arange(int(rate * seconds)) / rate)
    shown = pixels(spectrogram_png(tone, rate)).sum(axis=(1, 2))
    height = len(shown)
    assert int(shown.argmax()) == pytest.approx(height * (1 - 2000 / 8000), abs=2)  # row 0 is on top


@pytest.mark.parametrize("samples", [1, 2, 3, 255, 400, 16_000 * 60])
def test_a_spectrogram_of_any_length_is_a_small_picture(samples):
    shown = pixels(spectrogram_png(np.random.default_rng(0).normal(size=samples), 16_000))
    assert shown.shape[1] <= MOST_COLUMNS
    assert shown.shape[0] <= 129
    assert len(np.unique(shown.reshape(-1, 3), axis=0)) <= COLOURS


def test_silence_is_a_picture_too():
    assert pixels(spectrogram_png(np.zeros(800), 16_000)).ndim == 3


@pytest.mark.parametrize("channels", [1, 3])
def test_every_pixel_comes_back(channels):
    image = np.random.default_rng(0).integers(0, 256, (channels, 5, 7), dtype=np.uint8)
    made = picture(image)
    assert (made.width, made.height) == (7, 5)
    assert np.array_equal(pixels(made.png), np.broadcast_to(np.moveaxis(image, 0, -1), (5, 7, 3)))


def test_equal_items_are_equal_files():
    wave = np.random.default_rng(0).uniform(-1, 1, 4000)
    image = np.zeros((3, 4, 4), np.uint8)
    assert sound(wave, 16_000) == sound(wave, 16_000)
    assert picture(image) == picture(image)
    assert b"matplotlib" not in picture(image).png


def test_items_of_unknown_kinds_are_said_by_their_shape():
    assert shown_anyhow("a") == (Text("a"),)
    assert shown_anyhow(("a", ("b", "c"))) == (Text("a"), Text("b"), Text("c"))
    assert shown_anyhow(np.zeros((2, 3))) == (Text("an array of shape (2, 3)"),)
    assert shown_anyhow(3) == (Text("int"),)


def test_each_modality_shows_its_items():
    known = plugins.modalities()
    assert known["text"].media(("a", "b")) == (Text("a"), Text("b"))
    (heard,) = known["speech"].media(np.zeros(8000, np.float32))
    assert isinstance(heard, Sound)
    assert heard.seconds == 0.5
    (seen,) = known["image"].media(np.zeros((1, 6, 9), np.uint8))
    assert isinstance(seen, Picture)
    assert (seen.width, seen.height) == (9, 6)
