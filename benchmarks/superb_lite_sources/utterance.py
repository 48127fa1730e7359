"""Utterance and Speech: what is to be said and how, and what came out."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Segment(NamedTuple):
    """A half-open stretch of a waveform, in samples, and the phone or word spoken there ("" is a pause)."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, kw_only=True)
class Utterance:
    """Everything that decides a waveform."""

    text: str

    voice: str
    """A voice or a voice variant of eSpeak NG."""

    rate: int = 175
    """Words a minute."""

    pitch: int = 50
    """On eSpeak NG's scale from 0 to 100, 50 being the voice's own."""

    pitch_range: int = 50
    """On the same scale."""

    before: float = 0.0
    """Seconds of pause before the speech, in which room and noise are heard."""

    after: float = 0.0
    """The same after it."""

    t60: float = 0.0
    """Reverberation time in seconds; 0: no room."""

    direct: float = 6.0
    """Direct over reverberant energy, in dB."""

    snr: float | None = None
    """Signal-to-noise ratio in dB; None: no noise."""

    noise_colour: float = 1.0
    """The power of the noise falls as 1 / f**noise_colour."""

    tilt: float = 0.0
    """Coefficient of a one-tap filter; positive is bright."""

    level: float = -23.0
    """Root mean square, in dB below full scale (a negative number)."""

    seed: int = 0
    """Of the noise and the room."""


@dataclass(frozen=True)
class Speech:
    """A synthesised utterance."""

    utterance: Utterance

    samples: NDArray[np.int16]
    """Mono, 16 kHz."""

    phones: tuple[Segment, ...]
    """Phones and pauses without gaps."""

    words: tuple[Segment, ...]

    @property
    def waveform(self) -> NDArray[np.float32]:
        """(samples,) float32 in [-1, 1]."""
        return (self.samples / np.float32(32768.0)).astype(np.float32)


def varied(
    rng: random.Random,
    *,
    text: str,
    voice: str,
    rate: tuple[int, int] = (140, 210),
    pitch: tuple[int, int] = (35, 65),
    snr: tuple[float, float] = (5.0, 25.0),
    t60: tuple[float, float] = (0.1, 0.5),
    tilt: tuple[float, float] = (-0.4, 0.4),
    level: tuple[float, float] = (-30.0, -18.0),
    pause: float = 0.0,
) -> Utterance:
    """An utterance whose manner, room and channel are drawn uniformly from the given ranges; half have no room.

    pause: the longest one at either end, in seconds.
    """
    return Utterance(
        text=text,
        voice=voice,
        rate=rng.randint(*rate),
        pitch=rng.randint(*pitch),
        pitch_range=rng.randint(30, 70),
        before=round(rng.uniform(0.0, pause), 2) if pause else 0.0,
        after=round(rng.uniform(0.0, pause), 2) if pause else 0.0,
        t60=rng.choice((0.0, round(rng.uniform(*t60), 3))),
        direct=round(rng.uniform(0.0, 10.0), 2),
        snr=round(rng.uniform(*snr), 2),
        noise_colour=round(rng.uniform(0.0, 2.0), 2),
        tilt=round(rng.uniform(*tilt), 3),
        level=round(rng.uniform(*level), 2),
        seed=rng.getrandbits(32),
    )
