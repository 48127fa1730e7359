"""Our checkpoints as upstreams of s3prl."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from superb_lite.encoders.checkpoint import load_checkpoint, save_checkpoint
from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError
from superb_lite_speech.causal_encoder import CausalSpeechEncoder
from superb_lite_speech.encoder import SpeechTransformerEncoder
from superb_lite_speech.hubert_encoder import HubertEncoder
from superb_lite_speech.s3prl_expert import UpstreamExpert, register


@pytest.fixture(scope="module", params=["speech-masked", "speech-next-frame", "speech-hubert"])
def directory(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    sizes = {"layers": 2, "width": 16, "window": 1.0}
    made: dict[str, Callable[[], Encoder]] = {
        "speech-masked": lambda: SpeechTransformerEncoder(**sizes, heads=2, hidden=32, kernel=3, groups=2),
        "speech-next-frame": lambda: CausalSpeechEncoder(**sizes),
        "speech-hubert": lambda: HubertEncoder(**sizes, heads=2, hidden=32, channels=8, kernel=4, groups=2),
    }
    encoder = made[request.param]()
    path = tmp_path_factory.mktemp("checkpoint") / "tiny"
    save_checkpoint(encoder, path, name=request.param, pretraining={})
    return path


@torch.no_grad()
def test_hidden_states_are_the_layers_of_the_encoder(directory: Path) -> None:
    expert = UpstreamExpert(ckpt=directory).eval()
    waves = [(np.random.default_rng(n).standard_normal(n) * 0.1).astype(np.float32) for n in (9_000, 40_001)]
    states = expert([torch.from_numpy(wave) for wave in waves])["hidden_states"]
    encoder = load_checkpoint(directory).eval()
    for row, wave in enumerate(waves):
        features = encoder(encoder.collate([wave]))  # the longer one in three windows
        for state, layer in zip(states, features.layers, strict=True):
            wanted = layer[features.mask]
            torch.testing.assert_close(state[row, : len(wanted)], wanted, atol=1e-5, rtol=1e-5)
            assert not state[row, len(wanted) :].any()


def test_s3prl_takes_a_checkpoint_as_an_upstream_and_trains_its_heads_on_it(directory: Path) -> None:
    from s3prl.nn import Featurizer, MeanPoolingLinear, S3PRLUpstream
    from s3prl.nn.upstream import UpstreamDownstreamModel

    register()
    upstream = S3PRLUpstream("superb_lite_local", path_or_url=str(directory))
    assert upstream.num_layers == 3
    assert upstream.hidden_sizes == [16, 16, 16]
    assert upstream.downsample_rates == [320, 320, 320]
    featurizer = Featurizer(upstream)
    head = MeanPoolingLinear(input_size=featurizer.output_size, output_size=2)
    model = UpstreamDownstreamModel(upstream, featurizer, head)
    time = torch.arange(8_000) / 16_000
    wavs = torch.stack([torch.sin(2 * torch.pi * f * time) * 0.3 for f in (150, 160, 2000, 2100)])
    wavs_len, labels = torch.tensor([8_000, 7_000, 8_000, 7_000]), torch.tensor([0, 0, 1, 1])
    optimizer = torch.optim.Adam([*featurizer.parameters(), *head.parameters()], lr=1e-2)
    losses = []
    for _ in range(20):
        logits = model(wavs, wavs_len)
        loss = nn.functional.cross_entropy(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.2 * losses[0]
    assert featurizer.weights.abs().max() > 0  # the layer weights were trained too


def test_the_encoder_itself_can_be_trained(directory: Path) -> None:
    expert = UpstreamExpert(ckpt=directory).train()
    states = expert([torch.randn(8_000)])["hidden_states"]
    states[-1].square().sum().backward()
    gradients = [p.grad for p in expert.parameters()]
    assert all(g is not None for g in gradients)


@pytest.mark.parametrize("bad", [torch.zeros(0), torch.zeros(2, 800), torch.tensor([0.0, float("nan")] * 400)])
def test_what_is_no_waveform_is_named(directory: Path, bad: torch.Tensor) -> None:
    with pytest.raises(ValueError, match=r"wavs\[1\], .* must be \(samples,\), not empty, and finite"):
        UpstreamExpert(ckpt=directory)([torch.zeros(800), bad])


def test_a_checkpoint_of_another_modality_is_refused(tmp_path: Path) -> None:
    from superb_lite_image.encoder import TimmEncoder

    save_checkpoint(TimmEncoder.lite(), tmp_path / "image", name="image-simclr", pretraining={})
    with pytest.raises(SuperbLiteError, match="is not a speech encoder"):
        UpstreamExpert(ckpt=tmp_path / "image")
