from __future__ import annotations

import numpy as np
import pytest

from superb_lite_sources import acoustics


@pytest.fixture
def wave() -> acoustics.Waveform:
    return np.random.default_rng(0).standard_normal(4001).astype(np.float32) * 0.1


@pytest.mark.parametrize("snr", [-5.0, 0.0, 20.0])
@pytest.mark.parametrize("colour", [0.0, 1.0, 2.0])
def test_noise_has_the_ratio_that_was_asked_for(wave: acoustics.Waveform, snr: float, colour: float):
    noisy = acoustics.add_noise(wave, snr, colour=colour, rng=np.random.default_rng(1))
    noise = noisy.astype(float) - wave
    measured = 10 * np.log10(np.mean(wave.astype(float) ** 2) / np.mean(noise**2))
    assert measured == pytest.approx(snr, abs=0.01)


def test_coloured_noise_falls_with_frequency():
    silence = np.ones(16_000, dtype=np.float32)
    noise = acoustics.add_noise(silence, 0.0, colour=2.0, rng=np.random.default_rng(0)) - silence
    power = np.abs(np.fft.rfft(noise)) ** 2
    fall = 10 * np.log10(power[200:400].mean() / power[2000:4000].mean())
    assert fall == pytest.approx(20.0, abs=1.0)  # 1 / f**2: 20 dB a decade


def test_reverberation_is_a_convolution_of_the_same_length(wave: acoustics.Waveform):
    response = acoustics.room_impulse_response(0.05, direct=3.0, rng=np.random.default_rng(0))
    slow = np.array([sum(response[k] * wave[t - k] for k in range(min(t + 1, len(response)))) for t in range(300)])
    wet = acoustics.reverberate(wave, response)
    assert wet.shape == wave.shape
    np.testing.assert_allclose(wet[:300], slow, atol=1e-5)


def test_room_has_the_direct_path_first_and_the_energy_ratio_that_was_asked_for():
    response = acoustics.room_impulse_response(0.4, direct=6.0, rng=np.random.default_rng(0)).astype(float)
    assert response[0] == 1.0
    assert 10 * np.log10(1.0 / np.sum(response[1:] ** 2)) == pytest.approx(6.0, abs=0.01)
    early, late = np.sum(response[100:1100] ** 2), np.sum(response[3300:4300] ** 2)
    assert 10 * np.log10(early / late) == pytest.approx(60 * 3200 / 6400, abs=2.0)


@pytest.mark.parametrize(("up", "down"), [(320, 441), (2, 1), (1, 3)])
def test_resampling_keeps_a_tone_and_drops_what_the_new_rate_cannot_hold(up: int, down: int):
    time = np.arange(9001) / 22_050
    low, high = np.sin(2 * np.pi * 440 * time), np.sin(2 * np.pi * 10_500 * time)
    fade = np.hanning(9001)  # a tone that is cut off has no bounded spectrum
    new_time = np.arange(round(9001 * up / down)) / (22_050 * up / down)
    expected = np.sin(2 * np.pi * 440 * new_time) * np.interp(new_time, time, fade)
    if up >= down:
        expected = expected + np.sin(2 * np.pi * 10_500 * new_time) * np.interp(new_time, time, fade)
    resampled = acoustics.resample(((low + high) * fade).astype(np.float32), up=up, down=down)
    np.testing.assert_allclose(resampled, expected, atol=2e-3)


def test_tilt_is_one_tap(wave: acoustics.Waveform):
    slow = [wave[t] - 0.7 * (wave[t - 1] if t else 0.0) for t in range(len(wave))]
    np.testing.assert_allclose(acoustics.tilt(wave, 0.7), slow, atol=1e-6)


def test_level_is_set_and_clipped(wave: acoustics.Waveform):
    assert acoustics.rms(acoustics.set_level(wave, -20.0)) == pytest.approx(0.1, rel=1e-3)
    assert np.abs(acoustics.set_level(wave, 3.0)).max() == 1.0
    np.testing.assert_array_equal(acoustics.set_level(np.zeros(5, np.float32), -20.0), np.zeros(5))
