from __future__ import annotations

from typing import Any

import pytest
import torch

from superb_lite_speech.alteration import Alteration
from superb_lite_speech.encoder import SpeechTransformerEncoder
from superb_lite_speech.reconstruction import Reconstruction, selected_l1


def make(monkeypatch: pytest.MonkeyPatch, **options: Any) -> Reconstruction:
    torch.manual_seed(0)
    model = Reconstruction(encoder=SpeechTransformerEncoder(layers=1, width=32, heads=2, hidden=64, **options))
    monkeypatch.setattr(model, "log", lambda *a, **k: None)
    return model


def batch(rows: int = 4, length: int = 30) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    ids = torch.arange(length).div(3, rounding_mode="floor").remainder(4).expand(rows, length)
    mask = torch.ones(rows, length, dtype=torch.bool)
    mask[0, 20:] = False
    return {"features": torch.randn(4, 80, generator=generator)[ids] * mask[..., None], "mask": mask}


def test_the_loss_is_that_of_a_slow_loop() -> None:
    generator = torch.Generator().manual_seed(0)
    predicted, target = torch.randn(2, 3, 5, 4, generator=generator)
    selected = torch.rand(3, 5, 4, generator=generator) < 0.3
    total, count = 0.0, 0
    for b in range(3):
        for t in range(5):
            for d in range(4):
                if selected[b, t, d]:
                    total += abs(float(predicted[b, t, d]) - float(target[b, t, d]))
                    count += 1
    assert float(selected_l1(predicted, target, selected)) == pytest.approx(total / count, rel=1e-5)
    assert float(selected_l1(predicted, target, torch.zeros_like(selected))) == 0.0


def test_only_what_was_altered_is_compared_and_only_the_altered_frames_are_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, data = make(monkeypatch), batch()
    shares = {"time_share": 0.3, "time_span": 4, "channel_share": 0.2, "noise_share": 0.0, "noise_std": 0.2}
    draw = Alteration.draw(data["mask"], 40, generator=torch.Generator().manual_seed(1), **shares)
    monkeypatch.setattr("superb_lite_speech.reconstruction.Alteration.draw", lambda *a, **k: draw)
    loss = model.training_step(data, 0)
    selected = draw.altered(data["mask"])
    seen = draw.apply(data["features"])
    context = model.encoder.contextualise(model.encoder.embed(seen), data["mask"])[-1]
    wanted = (model.head(context) - data["features"]).abs()[selected].mean()
    torch.testing.assert_close(loss, wanted)


def test_padding_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    model, data = make(monkeypatch), batch()
    losses = []
    for filler in (0.0, 9.0):
        torch.manual_seed(0)
        losses.append(
            model.training_step({**data, "features": data["features"] + filler * ~data["mask"][..., None]}, 0)
        )
    torch.testing.assert_close(losses[0], losses[1])


def test_a_few_steps_learn_a_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    model, data = make(monkeypatch), batch(rows=8)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    losses = []
    for step in range(60):
        torch.manual_seed(step)
        loss = model.training_step(data, step)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert sum(losses[-5:]) < 0.6 * sum(losses[:5])


def test_every_weight_is_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    model = make(monkeypatch)
    model.training_step(batch(), 0).backward()
    untrained = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert untrained == []


def test_mfcc_can_be_restored_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    model = make(monkeypatch, front_end="mfcc", normalised=False)
    features = torch.randn(2, 20, 78)
    loss = model.training_step({"features": features, "mask": torch.ones(2, 20, dtype=torch.bool)}, 0)
    assert torch.isfinite(loss)
    assert model.encoder.config()["front_end"] == "mfcc"
    assert model.encoder.config()["normalised"] is False


@pytest.mark.parametrize("name", ["time_share", "channel_share", "noise_share"])
@pytest.mark.parametrize("value", [-0.1, 1.5])
def test_a_share_that_is_none_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} {value} is not a share"):
        Reconstruction(encoder=SpeechTransformerEncoder(), **{name: value})
