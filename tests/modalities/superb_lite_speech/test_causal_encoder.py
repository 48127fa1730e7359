from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from superb_lite.encoders.checkpoint import load_checkpoint, save_checkpoint
from superb_lite_speech.causal_encoder import CausalSpeechEncoder, GruStack


def noise(samples: int, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(samples) * 0.1).astype(np.float32)


@pytest.fixture(params=["gru", "transformer"])
def encoder(request: pytest.FixtureRequest) -> CausalSpeechEncoder:
    torch.manual_seed(0)
    return CausalSpeechEncoder(network=request.param, layers=2, width=32, heads=4, hidden=64, window=1.0).eval()


@torch.no_grad()
def test_no_position_sees_a_later_one(encoder: CausalSpeechEncoder) -> None:
    x = torch.randn(2, 20, 80)
    mask = torch.ones(2, 20, dtype=torch.bool)
    before = encoder.contextualise(encoder.embed(x), mask)
    x[:, 12:] += 1.0
    after = encoder.contextualise(encoder.embed(x), mask)
    for one, other in zip(before, after, strict=True):
        torch.testing.assert_close(one[:, :12], other[:, :12])
        assert not torch.allclose(one[:, 12:], other[:, 12:])


@torch.no_grad()
def test_features_do_not_depend_on_padding_and_long_audio_gets_several_rows(encoder: CausalSpeechEncoder) -> None:
    short, long = noise(5_000), noise(40_100, 1)
    alone = encoder(encoder.collate([short]))
    batched = encoder(encoder.collate([long, short]))
    assert batched.item.tolist() == [0, 0, 0, 1]
    assert len(alone.layers) == 3
    for one, both in zip(alone.layers, batched.layers, strict=True):
        assert torch.isfinite(both).all()
        torch.testing.assert_close(one[0], both[3, : one.shape[1]], atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_the_gru_stack_is_that_of_a_slow_loop() -> None:
    torch.manual_seed(0)
    stack = GruStack(layers=2, width=3)
    x = torch.randn(1, 5, 3)
    outputs = stack(x, torch.ones(1, 5, dtype=torch.bool))
    expected = x[0]
    for layer, output in zip(stack.layers, outputs[1:], strict=True):
        assert isinstance(layer, torch.nn.GRU)
        w_r, w_z, w_n = layer.weight_ih_l0.split(3)
        u_r, u_z, u_n = layer.weight_hh_l0.split(3)
        a_r, a_z, a_n = layer.bias_ih_l0.split(3)
        b_r, b_z, b_n = layer.bias_hh_l0.split(3)
        state, rows = torch.zeros(3), []
        for step in expected:
            reset = torch.sigmoid(w_r @ step + a_r + u_r @ state + b_r)
            update = torch.sigmoid(w_z @ step + a_z + u_z @ state + b_z)
            new = torch.tanh(w_n @ step + a_n + reset * (u_n @ state + b_n))
            state = (1 - update) * new + update * state
            rows.append(step + state)
        expected = torch.stack(rows)
        torch.testing.assert_close(output[0], expected)


@torch.no_grad()
def test_a_checkpoint_gives_the_same_features(encoder: CausalSpeechEncoder, tmp_path: Path) -> None:
    save_checkpoint(encoder, tmp_path / "c", name="speech-next-frame", pretraining={})
    loaded = load_checkpoint(tmp_path / "c").eval()
    assert loaded.config() == encoder.config()
    assert loaded.content_hash() == encoder.content_hash()
    batch = encoder.collate([noise(8_000)])
    torch.testing.assert_close(loaded(batch).layers[-1], encoder(batch).layers[-1], atol=0, rtol=0)


@torch.no_grad()
def test_without_normalisation_the_level_is_kept() -> None:
    loud, quiet = noise(8_000), noise(8_000) * np.float32(0.1)
    for normalised in (True, False):
        encoder = CausalSpeechEncoder(layers=1, width=16, normalised=normalised)
        batch = encoder.collate([loud, quiet])["features"]
        difference = float((batch[0] - batch[1]).abs().mean())
        assert difference < 0.05 if normalised else difference > 1.0


def test_options_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="network 'lstm'"):
        CausalSpeechEncoder(network="lstm")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="front end 'fbank'"):
        CausalSpeechEncoder(front_end="fbank")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="mel bands"):
        CausalSpeechEncoder(front_end="mfcc", mels=10)
