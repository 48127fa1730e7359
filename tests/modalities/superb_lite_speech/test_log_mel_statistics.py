from __future__ import annotations

import numpy as np
import pytest
import torch

from superb_lite.encoders.references import load_encoder
from superb_lite.features.pooling import pool_items
from superb_lite_speech.front_end import LogMel
from superb_lite_speech.log_mel_statistics import LogMelStatisticsEncoder, parts


def noise(samples: int, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(samples) * 0.1).astype(np.float32)


def by_loop(wave: np.ndarray, mels: int) -> np.ndarray:
    """Mean and deviation of the item and of its quarters, band by band."""
    frames = LogMel(mels)(torch.from_numpy(wave)).reshape(-1, mels).numpy()
    quarters = [frames[len(frames) * q // 4 : len(frames) * (q + 1) // 4] for q in range(4)]
    return np.concatenate(
        [[f(part[:, b]) for f in (np.mean, np.std) for b in range(mels)] for part in [frames, *quarters]]
    )


def test_an_item_is_its_statistics_and_those_of_its_quarters():
    encoder = load_encoder("raw:log-mel-statistics")
    waves = [noise(16_000), noise(9_700, 1)]
    pooled = pool_items(encoder(encoder.collate(waves)), 2)
    assert [layer.shape for layer in pooled] == [(2, 160), (2, 480)]
    for item, wave in enumerate(waves):
        expected = torch.tensor(by_loop(wave, 40), dtype=torch.float32)
        torch.testing.assert_close(pooled[0][item, 80:], expected[:80], atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(pooled[1][item, 80:], expected, atol=1e-4, rtol=1e-4)


def test_positions_keep_their_own_frames():
    wave = noise(8_000)
    encoder = LogMelStatisticsEncoder(mels=20)
    features = encoder(encoder.collate([wave]))
    for layer in features.layers:
        torch.testing.assert_close(layer[0, :, :40], LogMel(20)(torch.from_numpy(wave)))


@pytest.mark.parametrize("length", [2, 3, 4, 5, 7, 100])
def test_parts_cover_all_frames_in_order(length: int):
    frames = torch.arange(length, dtype=torch.float32)[:, None]
    pieces = parts(frames, 4)
    assert len(pieces) == 4
    assert all(len(piece) > 0 for piece in pieces)
    assert torch.cat(pieces).unique().tolist() == frames.flatten().tolist()
    if length >= 4:
        assert torch.equal(torch.cat(pieces), frames)
