"""What a room, a microphone and a line do to speech: reverberation, noise, spectral tilt, level; and resampling."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq

SAMPLE_RATE = 16_000
Waveform = NDArray[np.float32]


def room_impulse_response(t60: float, *, direct: float, rng: np.random.Generator) -> Waveform:
    """A synthetic room: a direct path at sample 0, then Gaussian noise that decays by 60 dB in `t60` seconds.

    direct: energy of the direct path over the energy of the tail, in dB. Because the direct path comes first, times of
    phones and words stay where they were.
    """
    samples = max(2, round(t60 * SAMPLE_RATE))
    tail = rng.standard_normal(samples) * 10.0 ** (-3.0 * np.arange(samples) / samples)
    tail[: round(0.002 * SAMPLE_RATE)] = 0.0  # the first reflection comes 2 ms after the direct path
    response = tail / np.sqrt(np.sum(tail**2)) * 10.0 ** (-direct / 20.0)
    response[0] = 1.0
    return np.asarray(response, dtype=np.float32)


def resample(waveform: Waveform, *, up: int, down: int) -> Waveform:
    """Change the sample rate by the factor up / down with an ideal low-pass filter, in the frequency domain.

    Returns round(samples * up / down) samples.
    """
    blocks = next_fast_len(-(-len(waveform) // down), real=True)
    spectrum = rfft(waveform, blocks * down)  # padded with silence to whole blocks
    keep = min(up, down) * blocks // 2 + 1
    resampled = irfft(spectrum[:keep], blocks * up) * np.float32(up / down)
    return np.asarray(resampled[: round(len(waveform) * up / down)], dtype=np.float32)


def reverberate(waveform: Waveform, response: Waveform) -> Waveform:
    """Convolve with an impulse response; same length, the ringing after the end is cut."""
    size = next_fast_len(len(waveform) + len(response), real=True)
    wet = irfft(rfft(waveform, size) * rfft(response, size), size)
    return np.asarray(wet[: len(waveform)], dtype=np.float32)


def add_noise(waveform: Waveform, snr: float, *, colour: float, rng: np.random.Generator) -> Waveform:
    """Add stationary noise at a signal-to-noise ratio of `snr` dB (means over the whole waveform).

    colour: power falls with frequency as 1 / f**colour: 0 is white, 1 pink, 2 brown.
    """
    size = next_fast_len(len(waveform), real=True)
    spectrum = rfft(rng.standard_normal(size, dtype=np.float32))
    frequency = rfftfreq(size, 1.0 / SAMPLE_RATE).astype(np.float32)
    spectrum *= np.maximum(frequency, 50.0) ** np.float32(-colour / 2.0)
    noise = irfft(spectrum, size)[: len(waveform)]
    gain = rms(waveform) / max(rms(noise), 1e-12) * 10.0 ** (-snr / 20.0)
    return np.asarray(waveform + gain * noise, dtype=np.float32)


def tilt(waveform: Waveform, amount: float) -> Waveform:
    """Spectral tilt by a one-tap filter y[t] = x[t] - a x[t-1], -1 < a < 1: a > 0 is bright, a < 0 dull."""
    tilted = np.array(waveform, dtype=np.float32)
    tilted[1:] -= np.float32(amount) * waveform[:-1]
    return tilted


def set_level(waveform: Waveform, decibels: float) -> Waveform:
    """Scale to a root mean square of `decibels` dB below full scale (a negative number), then clip to [-1, 1]."""
    scaled = waveform * (10.0 ** (decibels / 20.0) / max(rms(waveform), 1e-12))
    return np.asarray(np.clip(scaled, -1.0, 1.0), dtype=np.float32)


def rms(waveform: NDArray[np.floating]) -> float:
    """Root mean square; 0 for an empty waveform."""
    return float(np.sqrt(np.mean(np.square(waveform, dtype=np.float64)))) if len(waveform) else 0.0
