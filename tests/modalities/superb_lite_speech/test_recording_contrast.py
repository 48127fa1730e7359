from __future__ import annotations

import math

import pytest
import torch

from superb_lite_speech.causal_encoder import CausalSpeechEncoder
from superb_lite_speech.contrast import VoicedObjective, masked_mean, recording_loss
from superb_lite_speech.encoder import SpeechTransformerEncoder
from superb_lite_speech.masked_prediction import MaskedPrediction
from superb_lite_speech.next_frame import NextFrame
from superb_lite_speech.reconstruction import Reconstruction


def test_the_loss_is_that_of_a_slow_loop():
    embeddings = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
    recording = [3, 3, 5, 1, 3, 1]
    unit = [(row / row.norm()).tolist() for row in embeddings]
    similarity = [[sum(a * b for a, b in zip(u, v, strict=True)) / 0.2 for v in unit] for u in unit]
    losses = []
    for i in range(6):
        others = sum(math.exp(similarity[i][k]) for k in range(6) if k != i)
        losses += [
            -math.log(math.exp(similarity[i][j]) / others) for j in range(6) if j != i and recording[i] == recording[j]
        ]
    assert len(losses) == 8  # three of recording 3, two of recording 1
    loss = recording_loss(embeddings, torch.tensor(recording), temperature=0.2)
    assert float(loss) == pytest.approx(sum(losses) / len(losses), rel=1e-5)


def test_without_two_rows_of_a_recording_it_is_zero_and_has_a_gradient():
    embeddings = torch.randn(3, 4, requires_grad=True)
    loss = recording_loss(embeddings, torch.arange(3), temperature=0.1)
    loss.backward()
    assert loss == 0
    assert embeddings.grad is not None
    assert torch.equal(embeddings.grad, torch.zeros(3, 4))


def test_the_mean_is_that_of_real_positions():
    layer, mask = torch.randn(4, 5, 8), torch.ones(4, 5, dtype=torch.bool)
    mask[1, 3:] = False
    mean = masked_mean(layer + 7.0 * ~mask[..., None], mask)
    torch.testing.assert_close(mean[0], layer[0].mean(0))
    torch.testing.assert_close(mean[1], layer[1, :3].mean(0))


@pytest.mark.parametrize("objective", [MaskedPrediction, Reconstruction, NextFrame])
def test_every_objective_teaches_the_voice_layer_of_a_voiced_encoder(
    objective: type[VoicedObjective], monkeypatch: pytest.MonkeyPatch
):
    torch.manual_seed(0)
    architecture = CausalSpeechEncoder if objective is NextFrame else SpeechTransformerEncoder
    more = {"counts": [1, 2]} if objective is MaskedPrediction else {}
    logged: dict[str, float] = {}
    batch = {
        "features": torch.randn(4, 20, 160),
        "mask": torch.ones(4, 20, dtype=torch.bool),
        "clusters": torch.zeros(4, 20, dtype=torch.int64),
        "recording": torch.tensor([5, 5, 3, 3]),
    }
    for voiced in (True, False):
        model = objective(encoder=architecture(layers=1, width=32, voiced=voiced), **more)
        monkeypatch.setattr(model, "log", lambda name, value, **k: logged.update({name: float(value)}))
        logged.clear()
        loss = model.training_step({**batch, "features": batch["features"][..., : model.encoder.inputs]}, 0)
        assert float(loss) == pytest.approx(sum(logged.values()), rel=1e-5)
        assert set(logged) == ({"loss", "contrast"} if voiced else {"loss"})
        if voiced:
            loss.backward()
            assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.encoder.voice.parameters())
