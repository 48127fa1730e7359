from __future__ import annotations

import math

import pytest
import torch

from superb_lite_speech.encoder import SpeechTransformerEncoder
from superb_lite_speech.masked_prediction import MaskedPrediction, masked_cross_entropy
from superb_lite_speech.masking import draw_span_mask


def make() -> MaskedPrediction:
    torch.manual_seed(0)
    encoder = SpeechTransformerEncoder(layers=1, width=32, heads=2, hidden=64)
    return MaskedPrediction(encoder=encoder, counts=[3, 1, 0, 4], alpha=1.0, seed=0)


def batch(rows: int = 4, length: int = 30) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    ids = torch.arange(length).div(3, rounding_mode="floor").remainder(4).expand(rows, length)
    features = torch.randn(4, 80, generator=generator)[ids]
    mask = torch.ones(rows, length, dtype=torch.bool)
    mask[0, 20:] = False
    recording = torch.arange(rows) // 2
    return {"features": features, "clusters": ids.clone(), "mask": mask, "recording": recording}


def test_loss_is_that_of_a_slow_loop():
    logits = torch.randn(2, 5, 4, generator=torch.Generator().manual_seed(0))
    targets = torch.randint(4, (2, 5), generator=torch.Generator().manual_seed(1))
    masked = torch.tensor([[True, False, True, False, False], [False, False, False, False, True]])
    losses = []
    for b in range(2):
        for t in range(5):
            if masked[b, t]:
                scores = [math.exp(v) for v in logits[b, t].tolist()]
                losses.append(-math.log(scores[int(targets[b, t])] / sum(scores)))
    assert float(masked_cross_entropy(logits, targets, masked)) == pytest.approx(sum(losses) / len(losses), rel=1e-5)


def test_targets_count_at_masked_positions_only_and_features_at_the_others_only(monkeypatch: pytest.MonkeyPatch):
    model = make()
    data = batch()
    masked = draw_span_mask(data["mask"], share=0.5, span=5, generator=torch.Generator().manual_seed(5))
    monkeypatch.setattr("superb_lite_speech.masked_prediction.draw_span_mask", lambda *a, **k: masked)
    monkeypatch.setattr(model, "log", lambda *a, **k: None)
    loss = model.training_step(data, 0)

    other_targets = {**data, "clusters": torch.where(masked, data["clusters"], 3 - data["clusters"])}
    torch.testing.assert_close(model.training_step(other_targets, 0), loss)
    other_targets = {**data, "clusters": 3 - data["clusters"]}
    assert not torch.isclose(model.training_step(other_targets, 0), loss)

    hidden = {**data, "features": torch.where(masked[..., None], torch.zeros(()), data["features"])}
    torch.testing.assert_close(model.training_step(hidden, 0), loss)
    padding = {**data, "features": data["features"] + 9.0 * ~data["mask"][..., None]}
    torch.testing.assert_close(model.training_step(padding, 0), loss)


def test_loss_starts_at_the_entropy_of_the_cluster_frequencies():
    model = make()
    frequency = torch.tensor([3.0, 1.0, 1.0, 4.0]) / 9.0  # a cluster that never occurs counts as one
    torch.testing.assert_close(model.head.bias.softmax(0), frequency)


def test_a_few_steps_learn_a_pattern(monkeypatch: pytest.MonkeyPatch):
    model = make()
    monkeypatch.setattr(model, "log", lambda *a, **k: None)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    data = batch(rows=8)
    losses = []
    for step in range(60):
        torch.manual_seed(step)
        loss = model.training_step(data, step)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert sum(losses[-5:]) < 0.5 * sum(losses[:5])


def test_every_weight_of_the_encoder_is_trained(monkeypatch: pytest.MonkeyPatch):
    model = make()
    monkeypatch.setattr(model, "log", lambda *a, **k: None)
    model.training_step(batch(), 0).backward()
    untrained = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert untrained == []


def test_alpha_weighs_masked_positions_against_the_others(monkeypatch: pytest.MonkeyPatch):
    losses = {}
    data = batch()
    masked = draw_span_mask(data["mask"], share=0.5, span=5, generator=torch.Generator().manual_seed(5))
    monkeypatch.setattr("superb_lite_speech.masked_prediction.draw_span_mask", lambda *a, **k: masked)
    for alpha in (1.0, 0.0, 0.3):
        torch.manual_seed(0)
        encoder = SpeechTransformerEncoder(layers=1, width=32, heads=2, hidden=64)
        model = MaskedPrediction(encoder=encoder, counts=[3, 1, 0, 4], alpha=alpha)
        monkeypatch.setattr(model, "log", lambda *a, **k: None)
        losses[alpha] = float(model.training_step(data, 0))
    assert losses[0.0] != pytest.approx(losses[1.0], rel=1e-3)
    assert losses[0.3] == pytest.approx(0.3 * losses[1.0] + 0.7 * losses[0.0], rel=1e-5)
    with pytest.raises(ValueError, match="alpha 2"):
        MaskedPrediction(encoder=encoder, counts=[1], alpha=2.0)
