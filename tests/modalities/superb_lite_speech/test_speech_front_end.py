from __future__ import annotations

import numpy as np
import pytest
import torch
import torchaudio

from superb_lite_speech import front_end
from superb_lite_speech.clusters import spliced_mfcc
from superb_lite_speech.front_end import LogMel, Mfcc, finish, normalise, positions, spans, statistics


def slow_log_mel(waveform: np.ndarray, mels: int) -> np.ndarray:
    """Frame by frame: the Hann window of 400 samples centred on [160 i, 160 i + 160), power spectrum, mel bands."""
    bank = torchaudio.functional.melscale_fbanks(257, 0.0, 8000.0, mels, 16_000).double().numpy()
    frames = -(-len(waveform) // 320) * 2
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    out = np.zeros((frames, mels))
    for i in range(frames):
        segment = np.zeros(400)
        for k in range(400):
            t = 160 * i - 120 + k
            if 0 <= t < len(waveform):
                segment[k] = waveform[t]
        power = np.abs(np.fft.rfft(segment * window, 512)) ** 2
        out[i] = np.log(power @ bank + front_end._FLOOR)
    return out.reshape(-1, 2 * mels)


@pytest.mark.parametrize("samples", [400, 640, 961, 3333])
def test_log_mel_is_that_of_a_slow_loop(samples: int):
    wave = np.random.default_rng(samples).standard_normal(samples).astype(np.float32) * 0.1
    features = LogMel(40)(torch.from_numpy(wave))
    assert features.shape == (positions(samples), 80)
    np.testing.assert_allclose(features.numpy(), slow_log_mel(wave, 40), atol=2e-3)


def test_mfcc_are_those_of_a_slow_loop():
    """A cosine transform of log-mel, and differences by regression over two frames on each side, edges repeated."""
    wave = np.random.default_rng(0).standard_normal(3333).astype(np.float32) * 0.1
    log_mel = slow_log_mel(wave, 40).reshape(-1, 40)
    bands = np.arange(40)
    basis = np.stack([np.cos(np.pi * k * (bands + 0.5) / 40) * np.sqrt((1 if k == 0 else 2) / 40) for k in range(13)])
    static = log_mel @ basis.T

    def differences(x: np.ndarray) -> np.ndarray:
        last = len(x) - 1
        ahead = lambda t, n: x[min(max(t + n, 0), last)]  # noqa: E731
        return np.stack([sum(n * (ahead(t, n) - ahead(t, -n)) for n in (1, 2)) / 10 for t in range(len(x))])

    first = differences(static)
    wanted = np.concatenate([static, first, differences(first)], axis=1)
    features = Mfcc(40)(torch.from_numpy(wave))
    assert features.shape == (positions(3333), 78)
    np.testing.assert_allclose(features.numpy(), wanted.reshape(-1, 78), atol=5e-3)


@pytest.mark.parametrize("samples", [400, 640, 641, 959])
def test_spans_cover_every_sample_once(samples: int):
    covered = np.zeros(samples, dtype=int)
    for start, end in spans(samples).tolist():
        covered[start:end] += 1
        assert start < end
    assert (covered == 1).all()


def test_a_click_lights_up_the_position_whose_span_holds_it():
    for at in (700, 1000, 1500):
        wave = torch.zeros(3200)
        wave[at] = 1.0
        energy = LogMel(40)(wave).sum(dim=1)
        start, end = spans(3200)[int(energy.argmax())].tolist()
        assert start <= at < end


def test_normalised_features_have_mean_0_and_variance_1_and_silence_is_0():
    features = LogMel(40)(torch.randn(16_000, generator=torch.Generator().manual_seed(0)))
    normal = normalise(features)
    torch.testing.assert_close(normal.mean(0), torch.zeros(80), atol=1e-4, rtol=0)
    torch.testing.assert_close(normal.var(0, correction=0), torch.ones(80), atol=1e-3, rtol=0)
    assert normalise(LogMel(40)(torch.zeros(16_000))).abs().max() < 1e-3


def test_spliced_mfcc_is_that_of_a_slow_loop():
    features = torch.randn(7, 80, generator=torch.Generator().manual_seed(0))
    frames = features.reshape(14, 40).double().numpy()
    bands = np.arange(40)
    basis = np.stack([np.cos(np.pi * k * (bands + 0.5) / 40) * np.sqrt((1 if k == 0 else 2) / 40) for k in range(13)])
    mfcc = frames @ basis.T
    mfcc = mfcc - mfcc.mean(axis=0)
    spliced = spliced_mfcc(features)
    assert spliced.shape == (7, 78)
    for j in range(7):
        window = [mfcc[min(max(i, 0), 13)] for i in range(2 * j - 2, 2 * j + 4)]
        # The order of the 78 numbers does not matter to k-means, as long as it is the same everywhere.
        np.testing.assert_allclose(np.sort(spliced[j].numpy()), np.sort(np.concatenate(window)), atol=1e-4)


def test_splicing_orders_its_numbers_alike_at_every_position():
    ramp = torch.arange(14.0)[:, None].expand(14, 40).reshape(7, 80)
    spliced = spliced_mfcc(ramp)
    torch.testing.assert_close(spliced[2] - spliced[3], spliced[3] - spliced[4], atol=1e-3, rtol=0)


def test_statistics_are_those_of_a_slow_loop():
    """Mean and deviation of each band, over the two frames of a position, at a fixed scale."""
    features = torch.randn(2, 7, 6, generator=torch.Generator().manual_seed(0))  # 3 bands
    found = statistics(features)
    for row in range(2):
        for band in range(3):
            both = [features[row, :, band].double().numpy(), features[row, :, 3 + band].double().numpy()]
            assert float(found[row, band]) == pytest.approx((np.mean([f.mean() for f in both]) + 1.5) / 2.0, abs=1e-5)
            assert float(found[row, 3 + band]) == pytest.approx(np.mean([f.std() for f in both]) - 1.7, abs=1e-5)


def test_what_an_encoder_reads_is_finished_row_by_row():
    features = torch.randn(3, 7, 6, generator=torch.Generator().manual_seed(0))
    assert torch.equal(finish(features, normalised=False, voiced=False), features)
    torch.testing.assert_close(finish(features, normalised=True, voiced=False)[1], normalise(features[1]))
    both = finish(features, normalised=True, voiced=True)
    assert both.shape == (3, 7, 12)
    torch.testing.assert_close(
        both[2], torch.cat([normalise(features[2]), statistics(features[2]).expand(7, -1)], dim=1)
    )
