from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from superb_lite.encoders.checkpoint import load_checkpoint, save_checkpoint
from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import BadItemError
from superb_lite_speech.causal_encoder import CausalSpeechEncoder
from superb_lite_speech.encoder import ConvolutionalPosition, SinusoidalPosition, SpeechTransformerEncoder
from superb_lite_speech.frame_encoder import FrameEncoder
from superb_lite_speech.front_end import LogMel, normalise, statistics
from superb_lite_speech.log_mel import LogMelEncoder
from superb_lite_speech.log_mel_statistics import LogMelStatisticsEncoder


def noise(samples: int, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(samples) * 0.1).astype(np.float32)


@pytest.fixture(params=[SpeechTransformerEncoder, LogMelEncoder, LogMelStatisticsEncoder])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    torch.manual_seed(0)
    made: Encoder = request.param().eval()
    return made


@torch.no_grad()
def test_features_have_the_promised_shapes(encoder: Encoder):
    features = encoder(encoder.collate([noise(16_000), noise(400), noise(8_001)]))
    assert features.item.tolist() == [0, 1, 2]
    assert features.mask.sum(dim=1).tolist() == [50, 2, 26]
    assert features.spans[2, 25].tolist() == [8000, 8001]
    for layer in features.layers:
        assert layer.shape[:2] == (3, 50)
        assert torch.isfinite(layer).all()


@torch.no_grad()
def test_features_do_not_depend_on_padding(encoder: Encoder):
    short = noise(5_000)
    alone = encoder(encoder.collate([short]))
    batched = encoder(encoder.collate([noise(40_000, 1), short]))
    for one, both in zip(alone.layers, batched.layers, strict=True):
        torch.testing.assert_close(one[0], both[1, : one.shape[1]], atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_long_audio_gets_several_rows_that_cover_all_of_it():
    torch.manual_seed(0)
    encoder = SpeechTransformerEncoder(window=1.0).eval()
    wave = noise(40_100)
    features = encoder(encoder.collate([noise(700), wave]))
    assert features.item.tolist() == [0, 1, 1, 1]
    rows = features.item == 1
    spans = features.spans[rows][features.mask[rows]].tolist()
    assert spans[0][0] == 0
    assert spans[-1][1] == len(wave)
    assert all(one[1] == following[0] for one, following in itertools.pairwise(spans))
    # Windows share the normalisation of the whole item, so their embeddings are those of one long row.
    whole = SpeechTransformerEncoder(window=60.0).collate([wave])["features"][0]
    torch.testing.assert_close(encoder.collate([wave])["features"].flatten(0, 1)[: len(whole)], whole)


@pytest.mark.parametrize("encoder", [LogMelEncoder(), LogMelStatisticsEncoder()])
def test_log_mel_never_splits(encoder: Encoder):
    assert len(encoder.collate([noise(16_000 * 40)])["item"]) == 1


@pytest.mark.parametrize("bad", [np.full(800, np.nan, np.float32), noise(399), noise(800).reshape(2, 400)])
def test_a_bad_item_is_an_error_and_never_a_feature(encoder: Encoder, bad: np.ndarray):
    with pytest.raises(BadItemError, match="'1'"):
        encoder.collate([noise(800), bad])


@torch.no_grad()
def test_silence_gives_finite_features(encoder: Encoder):
    features = encoder(encoder.collate([np.zeros(16_000, np.float32)]))
    assert all(torch.isfinite(layer).all() for layer in features.layers)


def test_config_builds_the_same_architecture_again():
    encoder = SpeechTransformerEncoder(mels=20, layers=1, width=32, heads=2, hidden=64, kernel=5, groups=4, window=3.0)
    again = SpeechTransformerEncoder(**encoder.config())
    assert again.config() == encoder.config()
    again.load_state_dict(encoder.state_dict())
    assert again.content_hash() == encoder.content_hash()


def test_options_that_came_later_leave_the_content_hash_of_older_encoders_alone():
    torch.manual_seed(0)
    encoder = SpeechTransformerEncoder()
    assert set(encoder.config()) == {"mels", "layers", "width", "heads", "hidden", "kernel", "groups", "window"}
    other = SpeechTransformerEncoder(front_end="mfcc", normalised=False, voiced=True)
    assert other.config() == {**encoder.config(), "front_end": "mfcc", "normalised": False, "voiced": True}
    assert SpeechTransformerEncoder(**other.config()).config() == other.config()
    assert other.collate([noise(8_000)])["features"].shape == (1, 25, 156)


@torch.no_grad()
@pytest.mark.parametrize("architecture", [SpeechTransformerEncoder, CausalSpeechEncoder])
def test_the_first_layer_of_the_lite_architecture_hears_the_voice_and_the_others_do_not(
    architecture: type[FrameEncoder],
):
    torch.manual_seed(0)
    encoder = architecture.lite().eval()
    wave = noise(8_000)
    log_mel = LogMel(40)(torch.from_numpy(wave))
    batch = encoder.collate([wave])
    torch.testing.assert_close(batch["features"][0, :, :80], normalise(log_mel))
    torch.testing.assert_close(batch["features"][0, :, 80:], statistics(log_mel).expand(25, -1))
    quiet, loud = encoder(batch), encoder(encoder.collate([5 * wave]))
    assert len(quiet.layers) == 5
    assert not torch.allclose(quiet.layers[0], loud.layers[0], atol=0.1)
    for one, other in zip(quiet.layers[1:], loud.layers[1:], strict=True):
        torch.testing.assert_close(one, other, atol=0.02, rtol=0.02)
    assert len(architecture()(architecture().collate([wave])).layers) == 4  # without a layer for the voice


@torch.no_grad()
def test_a_checkpoint_gives_the_same_features(tmp_path: Path):
    torch.manual_seed(3)
    encoder = SpeechTransformerEncoder(layers=1).eval()
    save_checkpoint(encoder, tmp_path / "c", name="speech-masked", pretraining={"steps": 0})
    loaded = load_checkpoint(tmp_path / "c").eval()
    batch = encoder.collate([noise(8_000)])
    torch.testing.assert_close(loaded(batch).layers[-1], encoder(batch).layers[-1], atol=0, rtol=0)


def test_an_even_kernel_is_refused():
    with pytest.raises(ValueError, match="odd"):
        SpeechTransformerEncoder(kernel=4)


@torch.no_grad()
def test_convolutional_positions_are_those_of_a_slow_loop():
    torch.manual_seed(0)
    layer = ConvolutionalPosition(width=4, kernel=3, groups=2)
    x = torch.randn(1, 6, 4)
    mask = torch.tensor([[True, True, True, True, False, False]])
    weight, bias = layer.convolution.weight, layer.convolution.bias
    assert bias is not None
    out = layer(x, mask)
    for t in range(6):
        for c in range(4):
            group = c // 2
            total = bias[c].clone()
            for k in range(3):
                source = t + k - 1
                if 0 <= source < 6 and mask[0, source]:
                    total += weight[c, :, k] @ x[0, source, 2 * group : 2 * group + 2]
            torch.testing.assert_close(out[0, t, c], x[0, t, c] + torch.nn.functional.gelu(total))


def test_sinusoids_are_those_of_a_slow_loop():
    x = torch.zeros(1, 7, 6)
    found = SinusoidalPosition()(x, torch.ones(1, 7, dtype=torch.bool))[0]
    for place in range(7):
        for pair in range(3):
            angle = place / 10_000 ** (2 * pair / 6)
            assert found[place, 2 * pair] == pytest.approx(math.sin(angle), abs=1e-6)
            assert found[place, 2 * pair + 1] == pytest.approx(math.cos(angle), abs=1e-6)


def test_teras_shape_is_recorded_and_ours_is_as_before():
    small = {"mels": 8, "layers": 1, "width": 16, "heads": 2, "hidden": 16, "groups": 2}
    tera = SpeechTransformerEncoder(**small, position="sinusoid", init_std=0.02, dropout=0.3)
    assert (tera.config()["position"], tera.config()["init_std"]) == ("sinusoid", 0.02)
    assert SpeechTransformerEncoder(**tera.config()).state_dict().keys() == tera.state_dict().keys()
    assert tera.transformer.config.post_norm
    assert not tera.transformer.config.relative
    ours = SpeechTransformerEncoder(**small, dropout=0.1)
    assert not {"position", "init_std", "dropout"} & ours.config().keys()
    with pytest.raises(ValueError, match="must be convolution or sinusoid"):
        SpeechTransformerEncoder(**small, position="learned")
