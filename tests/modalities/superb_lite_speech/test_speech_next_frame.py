from __future__ import annotations

from typing import Any

import pytest
import torch

from superb_lite_speech.causal_encoder import CausalSpeechEncoder
from superb_lite_speech.next_frame import NextFrame, shifted_l1


def make(monkeypatch: pytest.MonkeyPatch, **options: Any) -> NextFrame:
    torch.manual_seed(0)
    encoder = CausalSpeechEncoder(layers=2, width=32, heads=4, hidden=64, **options)
    model = NextFrame(encoder=encoder)
    monkeypatch.setattr(model, "log", lambda *a, **k: None)
    return model


def batch(rows: int = 4, length: int = 30) -> dict[str, torch.Tensor]:
    """Frames that repeat with a period of 4, each row from another place."""
    generator = torch.Generator().manual_seed(0)
    ids = (torch.arange(length) + torch.arange(rows)[:, None]) % 4
    mask = torch.ones(rows, length, dtype=torch.bool)
    mask[0, 20:] = False
    return {"features": torch.randn(4, 80, generator=generator)[ids] * mask[..., None], "mask": mask}


@pytest.mark.parametrize("shift", [1, 2, 5])
def test_the_loss_is_that_of_a_slow_loop(shift: int) -> None:
    generator = torch.Generator().manual_seed(0)
    predicted, features = torch.randn(2, 3, 7, 4, generator=generator)
    mask = torch.arange(7) < torch.tensor([7, 4, 6])[:, None]
    total, count = 0.0, 0
    for b in range(3):
        for t in range(7):
            if t + shift < 7 and mask[b, t + shift]:
                for d in range(4):
                    total += abs(float(predicted[b, t, d]) - float(features[b, t + shift, d]))
                    count += 1
    assert float(shifted_l1(predicted, features, mask, shift=shift)) == pytest.approx(total / count, rel=1e-5)


@pytest.mark.parametrize("length", [1, 3, 4])
def test_rows_no_longer_than_the_shift_have_no_loss(length: int) -> None:
    predicted = torch.randn(2, length, 4, requires_grad=True)
    loss = shifted_l1(predicted, torch.randn(2, length, 4), torch.ones(2, length, dtype=torch.bool), shift=4)
    assert float(loss.detach()) == 0.0
    loss.backward()
    assert predicted.grad is not None


@pytest.mark.parametrize("network", ["gru", "transformer"])
def test_padding_does_not_matter(monkeypatch: pytest.MonkeyPatch, network: str) -> None:
    model, data = make(monkeypatch, network=network), batch()
    loss = model.training_step(data, 0)
    padded = {**data, "features": data["features"] + 9.0 * ~data["mask"][..., None]}
    torch.testing.assert_close(model.training_step(padded, 0), loss)


@pytest.mark.parametrize("network", ["gru", "transformer"])
def test_a_few_steps_learn_a_pattern(monkeypatch: pytest.MonkeyPatch, network: str) -> None:
    model, data = make(monkeypatch, network=network), batch(rows=8)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    losses = []
    for step in range(60):
        loss = model.training_step(data, step)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.5 * losses[0]


@pytest.mark.parametrize("network", ["gru", "transformer"])
def test_every_weight_is_trained(monkeypatch: pytest.MonkeyPatch, network: str) -> None:
    model = make(monkeypatch, network=network)
    model.training_step(batch(), 0).backward()
    untrained = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert untrained == []


@pytest.mark.parametrize("shift", [0, -1])
def test_a_shift_that_looks_not_ahead_is_refused(shift: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        NextFrame(encoder=CausalSpeechEncoder(), shift=shift)
